import { normalizeValue, readPlannedResource, resourceChanges } from "../../../cli/terraform/planned-resource";

const read = (entry: object) => readPlannedResource({ address: "a.b", type: "a", ...entry });

test.each<[readonly string[], string | undefined]>([
  [["no-op"], "no-op"],
  [["create"], "create"],
  [["update"], "update"],
  [["delete"], "delete"],
  [["forget"], "forget"],
  [["delete", "create"], "replace"],
  [["create", "delete"], "replace"],
  [["create", "update"], undefined],
  [["read"], undefined],
  [[], undefined],
])("the actions %j are %s", (actions, action) => {
  expect(read({ change: { actions } }).action).toBe(action);
});

test("a replacement may create the new one first, and leave the old one", () => {
  const isCreatedFirst = (...actions: string[]) => read({ change: { actions } }).isCreatedFirst;
  expect([isCreatedFirst("create", "delete"), isCreatedFirst("delete", "create")]).toEqual([true, false]);
  expect(read({ deposed: "1a2b3c4d" }).isDeposed).toBe(true);
});

test("a plan's resources are without its data sources", () => {
  const all = [
    { mode: "data", address: "data.a.b" },
    { mode: "managed", address: "a.b" },
  ];
  expect(resourceChanges.parse(all).map(({ address }) => address)).toEqual(["a.b"]);
});

test("what is only imported is imported, and what is also updated is updated", () => {
  const importing = { id: "x" };
  expect(read({ change: { actions: ["no-op"], importing } })).toMatchObject({ action: "import", isImported: true });
  expect(read({ change: { actions: ["update"], importing } })).toMatchObject({ action: "update", isImported: true });
  expect(read({ change: { actions: ["no-op"], importing: null } })).toMatchObject({
    ...{ action: "no-op", isImported: false },
  });
});

test("a place is an address without an index, before and after a move", () => {
  expect(read({ address: "a[0].b" }).place).toBe("a[0].b");
  expect(read({ address: "a.b[0]" })).toMatchObject({ address: "a.b[0]", place: "a.b", placeBefore: "a.b" });
  expect(read({ address: 'a.b["x.y"]', previous_address: "a.c[1]" })).toMatchObject({
    place: "a.b",
    placeBefore: "a.c",
  });
});

test("attributes are mappings, and anything else doesn't exist", () => {
  const { before, after } = read({ change: { before: { name: "x" }, after: "x" } });
  expect([before, after]).toEqual([{ name: "x" }, undefined]);
  expect(read({ change: null })).toMatchObject({ before: undefined, after: undefined, isDeposed: false });
});

test.each([
  ["", "null"],
  [[], "null"],
  [{}, "null"],
  [undefined, "null"],
  [0, "0"],
  ["x", '"x"'],
])("AWS stores %j like %s", (value, expected) => {
  expect(normalizeValue(value)).toBe(expected);
});
