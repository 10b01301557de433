/**
 * IPv4 addresses of subnets. Guarantees: an address has at most one live instance; the five that EC2 keeps in each subnet
 * (first four and last; Amazon VPC User Guide, "Subnet sizing for IPv4") are never given.
 */
import type { SubnetLayout } from "../layout/network.ts";

export class SubnetAddresses {
  readonly #firstNumber: number;
  readonly #lastNumber: number;
  readonly #taken: Set<number>;
  #next: number;

  constructor({ cidrBlock, reservedAddresses = [] }: SubnetLayout) {
    const [base, bits] = cidrBlock.split("/");
    const prefixLength = Number(bits);
    if (base === undefined || !(prefixLength >= 16 && prefixLength <= 28)) {
      throw new RangeError(`subnet block ${cidrBlock} is not an IPv4 block of /16 to /28`);
    }
    this.#firstNumber = numberOf(base) + 4;
    this.#lastNumber = numberOf(base) + 2 ** (32 - prefixLength) - 2;
    this.#taken = new Set(reservedAddresses.map(numberOf));
    this.#next = this.#firstNumber;
  }

  availableCount(): number {
    return this.#lastNumber - this.#firstNumber + 1 - this.#taken.size;
  }

  /** The next free address in rotation, `undefined` when the subnet is full. */
  take(): string | undefined {
    if (this.availableCount() <= 0) return undefined;
    while (this.#taken.has(this.#next)) this.#advance();
    const number = this.#next;
    this.#taken.add(number);
    this.#advance();
    return textOf(number);
  }

  release(address: string): void {
    this.#taken.delete(numberOf(address));
  }

  #advance(): void {
    this.#next = this.#next >= this.#lastNumber ? this.#firstNumber : this.#next + 1;
  }
}

function numberOf(address: string): number {
  const parts = address.split(".").map(Number);
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255)) {
    throw new RangeError(`${address} is not an IPv4 address`);
  }
  return parts.reduce((number, part) => number * 256 + part, 0);
}

function textOf(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".");
}
