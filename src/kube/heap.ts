/** A binary min-heap by a number: the delayed keys of a work queue, soonest first. */
export interface Heap<Item> {
  push(item: Item): void;
  peek(): Item | undefined;
  pop(): Item | undefined;
  readonly size: number;
}

export function minHeap<Item>(rankOf: (item: Item) => number): Heap<Item> {
  const items: Item[] = [];
  const isBefore = (left: Item, right: Item): boolean => rankOf(left) < rankOf(right);

  function rise(item: Item): void {
    let index = items.push(item) - 1;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = items[above];
      if (parent === undefined || !isBefore(item, parent)) return;
      items[index] = parent;
      items[above] = item;
      index = above;
    }
  }

  function sink(item: Item): void {
    let index = 0;
    items[0] = item;
    for (;;) {
      const left = 2 * index + 1;
      const [one, two] = [items[left], items[left + 1]];
      if (one === undefined) return;
      const isRightFirst = two !== undefined && isBefore(two, one);
      const child = isRightFirst ? two : one;
      if (!isBefore(child, item)) return;
      const at = isRightFirst ? left + 1 : left;
      items[index] = child;
      items[at] = item;
      index = at;
    }
  }

  return {
    push: rise,
    peek: () => items[0],
    pop() {
      const first = items[0];
      const last = items.pop();
      if (items.length > 0 && last !== undefined) sink(last);
      return first;
    },
    get size() {
      return items.length;
    },
  };
}
