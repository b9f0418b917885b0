import { markdown } from "../../../../../cli/commands/review/report";
import { reviewOf } from "../../../../../cli/commands/review/review";
import type { Terraform } from "../../../../../cli/terraform/synthesized-folder";
import { ATTACKED, passes } from "../../../../support/attacked-stack";
import { change, type Draft } from "../../../../support/edited-stack";
import { isThorough, sample, thoroughTest } from "../../../../support/thorough";

describe("every section, every place and every odd value", () => {
  /** Places where any text or flag decides nothing about access, by the end of their path. */
  const HARMLESS = /(^|\.)(\/\/|tags|description|sensitive)(\.|$)|^output\.\w+\.value(\.\d+)?$/;
  const EXPRESSIONS = [
    '${filebase64("/proc/self/environ")}',
    "${var.a}",
    "${data.external.a.result}",
    "a${aws_iam_role.full.arn}",
    "%{ if true }x%{ endif }",
  ];
  const VALUES: readonly unknown[] = [null, 7, "*", {}, [[]], { toString: 1 }, "constructor"];
  const ARGUMENTS = ["provisioner", "count", "for_each", "dynamic", "provider", "connection", "more", "constructor"];
  const SECTIONS = ["check", "ephemeral", "action", "module", "locals", "variable", "query", "constructor", "toString"];

  /** Every place in a value, as the keys that lead there. */
  function placesIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
    if (typeof value !== "object" || value === null) return [path];
    return [path, ...Object.entries(value).flatMap(([key, inside]) => placesIn(inside, [...path, key]))];
  }

  function at(draft: Draft, path: readonly string[]): Draft {
    return path.reduce((inside, key) => inside[key], draft);
  }

  function withValue(path: readonly string[], value: unknown): Terraform {
    const head = structuredClone(ATTACKED) as Draft;
    at(head, path.slice(0, -1))[path.at(-1) ?? ""] = value;
    return head;
  }

  const PLACES = placesIn(ATTACKED).filter((path) => path.length > 0 && !path.includes("//"));
  const MAPPINGS = PLACES.filter((path) => {
    const value = at(ATTACKED, path);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  });

  test("no expression passes, wherever it stands", () => {
    const passed: string[] = [];
    let cases = 0;
    for (const path of sample(PLACES, 5)) {
      for (const value of EXPRESSIONS) {
        cases++;
        if (passes(change(ATTACKED, withValue(path, value)))) passed.push(`${path.join(".")} = ${value}`);
      }
    }
    expect(cases).toBeGreaterThan(isThorough ? 700 : 140);
    expect(passed).toEqual([]);
  });

  thoroughTest("no value ends in a stack trace, and what passes is what can't give anybody more", () => {
    const passed = new Set<string>();
    let cases = 0;
    for (const path of PLACES) {
      for (const value of VALUES) {
        cases++;
        const found = change(ATTACKED, withValue(path, value));
        markdown(reviewOf([found]));
        if (passes(found) && found.verdict !== "narrowed" && found.verdict !== "unchanged") passed.add(path.join("."));
      }
    }
    expect(cases).toBeGreaterThan(1000);
    expect([...passed].filter((path) => !HARMLESS.test(path)).sort()).toMatchSnapshot();
  });

  test("no unknown argument and no unknown section passes", () => {
    const passed: string[] = [];
    for (const path of MAPPINGS.filter((path) => !HARMLESS.test(path.join(".")))) {
      for (const argument of ARGUMENTS) {
        const head = structuredClone(ATTACKED) as Draft;
        Object.defineProperty(at(head, path), argument, { value: [{ a: "b" }], enumerable: true });
        if (passes(change(ATTACKED, head))) passed.push([...path, argument].join("."));
      }
    }
    for (const section of SECTIONS) {
      const head = structuredClone(ATTACKED) as Draft;
      Object.defineProperty(head, section, { value: { a: { b: { c: "d" } } }, enumerable: true });
      if (passes(change(ATTACKED, head))) passed.push(section);
    }
    expect(passed.sort()).toMatchSnapshot();
  });

  test("nothing that denies something is deleted unseen", () => {
    const passed = new Set<string>();
    for (const path of PLACES) {
      const head = structuredClone(ATTACKED) as Draft;
      const parent = at(head, path.slice(0, -1));
      if (Array.isArray(parent)) parent.splice(Number(path.at(-1)), 1);
      else delete parent[path.at(-1) ?? ""];
      const found = change(ATTACKED, head);
      markdown(reviewOf([found]));
      if (passes(found) && found.verdict !== "narrowed") passed.add(path.join("."));
    }
    expect([...passed].filter((path) => !HARMLESS.test(path)).sort()).toMatchSnapshot();
  });
});
