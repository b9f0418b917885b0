/** Names that objects of JavaScript, promises, JSON or constructs have, and some that objects keep in another order. */
export const OBJECT_NAMES: readonly string[] = [
  ...Object.getOwnPropertyNames(Object.prototype),
  ...["then", "toJSON", "length", "prototype", "name", "resolve", "node", "_children", "_metadata", "10", "1"],
];
