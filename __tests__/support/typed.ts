import { PassThrough } from "node:stream";

/** Gives each test a standard input of its own, which types. To be called where tests are described. */
export function typedInTests(): { readonly keys: PassThrough } {
  const descriptor = Object.getOwnPropertyDescriptor(process, "stdin") ?? {};
  let keys = new PassThrough();
  beforeEach(() => {
    keys = new PassThrough();
    Object.defineProperty(process, "stdin", { value: keys, configurable: true });
  });
  afterEach(() => {
    Object.defineProperty(process, "stdin", descriptor);
  });
  return {
    get keys() {
      return keys;
    },
  };
}
