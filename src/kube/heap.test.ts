import fc from "fast-check";
import { minHeap } from "./heap.ts";

test("items come out smallest first, whatever order they went in", () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), (numbers) => {
      const heap = minHeap<number>((item) => item);
      for (const item of numbers) heap.push(item);
      const out = numbers.map(() => heap.pop());
      expect(out).toEqual([...numbers].sort((left, right) => left - right));
      expect(heap.size).toBe(0);
    }),
  );
});
