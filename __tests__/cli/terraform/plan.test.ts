import { normalizeValue, plannedResources, readPlannedResource } from "../../../cli/terraform/plan";

const readResource = (entry: object) => readPlannedResource({ address: "a.b", type: "a", ...entry });

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
  expect(readResource({ change: { actions } }).action).toBe(action);
});

test("a replacement may create the new one first, and leave the old one", () => {
  const isCreatedFirst = (...actions: string[]) => readResource({ change: { actions } }).isCreatedFirst;
  expect([isCreatedFirst("create", "delete"), isCreatedFirst("delete", "create")]).toEqual([true, false]);
  expect(readResource({ deposed: "1a2b3c4d" }).isDeposed).toBe(true);
});

test("a plan's resources are without its data sources", () => {
  const entries = [
    { mode: "data", address: "data.a.b" },
    { mode: "managed", address: "a.b" },
  ];
  expect(plannedResources(entries).map(({ address }) => address)).toEqual(["a.b"]);
});

test("what is only imported is imported, and what is also updated is updated", () => {
  const importing = { id: "x" };
  expect(readResource({ change: { actions: ["no-op"], importing } })).toMatchObject({
    action: "import",
    isImported: true,
    importId: "x",
  });
  expect(readResource({ change: { actions: ["update"], importing } })).toMatchObject({
    action: "update",
    isImported: true,
  });
  expect(readResource({ change: { actions: ["no-op"], importing: null } })).toMatchObject({
    action: "no-op",
    isImported: false,
  });
});

test("a place is an address without an index", () => {
  expect(readResource({ address: "a[0].b" }).place).toBe("a[0].b");
  expect(readResource({ address: 'a.b["x.y"]' })).toMatchObject({ place: "a.b", addressBefore: 'a.b["x.y"]' });
  expect(readResource({ address: "a.b[0]", previous_address: "a.c[1]" })).toMatchObject({
    address: "a.b[0]",
    place: "a.b",
    addressBefore: "a.c[1]",
  });
});

test("attributes are mappings, and anything else doesn't exist", () => {
  const { before, after } = readResource({ change: { before: { name: "x" }, after: "x" } });
  expect([before, after]).toEqual([{ name: "x" }, undefined]);
  expect(readResource({ change: null })).toMatchObject({ before: undefined, after: undefined, isDeposed: false });
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
