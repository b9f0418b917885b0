import { claim } from "../../../../modules/support-app/model/claim";

test("everyone after the first gets the first", () => {
  const owners = new Map<string, string>();
  expect(claim(owners, "C1", "oncall")).toBeUndefined();
  expect(claim(owners, "C1", "watch")).toBe("oncall");
  expect(claim(owners, "C1", "billing")).toBe("oncall");
  expect(claim(owners, "C2", "watch")).toBeUndefined();
  expect(owners).toEqual(
    new Map([
      ["C1", "oncall"],
      ["C2", "watch"],
    ]),
  );
});
