import { collectGarbage } from "../../stacks/collect-garbage";

const { gc } = globalThis;
afterEach(() => {
  globalThis.gc = gc;
});

test("memory is collected before the first of many environments, and after every 500", () => {
  const collected: number[] = [];
  let index = 0;
  globalThis.gc = (() => collected.push(index)) as unknown as typeof gc;
  for (; index <= 1001; index++) collectGarbage(index);
  expect(collected).toEqual([0, 500, 1000]);
});

test("without node's --expose-gc, nothing happens", () => {
  globalThis.gc = undefined;
  expect(() => collectGarbage(0)).not.toThrow();
});
