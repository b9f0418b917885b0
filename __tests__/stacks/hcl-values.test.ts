import { toHcl } from "../../stacks/output/hcl";

describe("a value in HCL", () => {
  const written = (value: unknown) => toHcl({ locals: { a: value } }).slice("locals {\n  a = ".length, -"\n}\n".length);

  test.each<[value: unknown, hcl: string]>([
    [1.5, "1.5"],
    [true, "true"],
    [null, "null"],
    ["", '""'],
    ["a b", '"a b"'],
    ['"\\', '"\\"\\\\"'],
    ["a\tb\n", '"a\\tb\\n"'],
    ["\b\f\u0001", '"\\u0008\\u000c\\u0001"'],
    ["ü€😀", '"ü€😀"'],
    ["$ % $a %a", '"$ % $a %a"'],
    ["$${a}", '"$${a}"'],
    ["%%{a}", '"%%{a}"'],
    ["%{if a}", '"%{if a}"'],
    ["$${", '"$${"'],
    ['$${a "b"}', '"$${a \\"b\\"}"'],
    ['%%{a "b"}', '"%%{a \\"b\\"}"'],
    ['${"${~a}"}', '"${~a}"'],
    ['${"${a~}"}', '"${a~}"'],
    [["${f(\n1)}"], "[\n    f(\n    1),\n  ]"],
    ["%{if a}b%{endif}", '"%{if a}b%{endif}"'],
    ["${a}", "a"],
    ["${ a }", "a"],
    ["x${a}", '"x${a}"'],
    ["${a}x", '"${a}x"'],
    ["${a}${b}", '"${a}${b}"'],
    ["${~a}", '"${~a}"'],
    ["${a~}", '"${a~}"'],
    ['${a["x"]}', 'a["x"]'],
    ['${a["\\"}"]}', 'a["\\"}"]'],
    ['${"a${"b}"}"}', '"a${"b}"}"'],
    ["${{a=1}}", "{ a=1 }"],
    ["${{}}", "{}"],
    ["${{ a = 1 }}", "{ a = 1 }"],
    ["${[for x in y : {a=x}]}", "[for x in y : { a=x }]"],
    ["${a\n}", "a"],
    ["${f(\n1,\n2\n)}", "f(\n  1,\n  2\n  )"],
    ["${a\n? b\n: c}", "(a\n  ? b\n  : c)"],
    ['${"a\n"}', '"a\n  "'],
    [[], "[]"],
    [[1], "[1]"],
    [["a"], '["a"]'],
    [[1, 2], "[\n    1,\n    2,\n  ]"],
    [[[1]], "[[1]]"],
    [[{}], "[{}]"],
    [[{ b: 1 }], "[\n    {\n      b = 1\n    },\n  ]"],
    [{}, "{}"],
    [{ b: 1, longer: 2 }, "{\n    b      = 1\n    longer = 2\n  }"],
    [{ b: 1, longer: [1, 2], c: 3 }, "{\n    b = 1\n    longer = [\n      1,\n      2,\n    ]\n    c = 3\n  }"],
    [{ for: 1, fore: 2 }, '{\n    "for" = 1\n    fore  = 2\n  }'],
    [{ "a-b": 1, "1a": 2, _a1: 3, A: 4 }, '{\n    "a-b" = 1\n    "1a"  = 2\n    _a1   = 3\n    A     = 4\n  }'],
    [{ "a b": 1, "": 2 }, '{\n    "a b" = 1\n    ""    = 2\n  }'],
    [{ 日本: 1, e: 2 }, '{\n    "日本" = 1\n    e    = 2\n  }'],
    [{ "e\u0301": 1, ef: 2 }, '{\n    "e\u0301" = 1\n    ef  = 2\n  }'],
  ])("%j is %s", (value, hcl) => {
    expect(written(value)).toBe(hcl);
  });

  test.each([
    ["a template beside a lone carriage return", "\r${a}", "a text"],
    ["another kind of template beside one", "\r%{a}", "a text"],
    ["a byte order mark", "\ufeff", "a text"],
    ["a comment", "${a # b\n}", "an expression"],
    ["a comment of another kind", "${a // b\n}", "an expression"],
    ["a comment within a line", "${a /* b */}", "an expression"],
    ["a heredoc", "${<<A\nA\n}", "an expression"],
  ])("%s is refused", (_, value, expected) => {
    expect(() => toHcl({ locals: { a: value } })).toThrow(
      new Error(
        `Received the text ${JSON.stringify(value)} in locals, expected ${
          expected === "a text"
            ? "a text without a byte order mark at its beginning, and without a template beside a lone carriage return: Terraform reads them differently in JSON. Leave them out, or synthesize JSON."
            : "an expression without a comment or a heredoc, which aren't supported. Leave it out, or synthesize JSON."
        }`.replace("\ufeff", "\\u{feff}"),
      ),
    );
  });

  test.each(["${a", "a ${b", "%{if a", '${"a}', '${f("${a}"', "${ { a = 1 }"])(
    "the expression of %p doesn't end: it isn't cut off",
    (value) => {
      expect(() => toHcl({ locals: { a: value } })).toThrow(
        new Error(
          `Received the text ${JSON.stringify(value)} in locals, expected an expression that ends with }: Terraform can't read it either. Add the }, or write $\${ or %%{ for the text itself.`,
        ),
      );
    },
  );

  test("what looks like a comment in a text, or is a division, is none", () => {
    expect(written('${"# // /*"}')).toBe('"# // /*"');
    expect(written("${a / b}")).toBe("a / b");
    expect(written("${a < b}")).toBe("a < b");
    expect(written("# // <<")).toBe('"# // <<"');
    expect(written("a\ufeff")).toBe('"a\ufeff"');
    expect(written("\r$")).toBe('"\\r$"');
  });

  test("references have no quotes, in lists and mappings neither", () => {
    const run = (value: unknown) => toHcl({ run: { r: { expect_failures: value } } });
    expect(run(["var.a"])).toContain("expect_failures = [var.a]");
    expect(run("${var.a}")).toContain("expect_failures = var.a");
    expect(toHcl({ module: { m: { providers: { a: "b" } } } })).toContain("providers = {\n    a = b\n  }");
    expect(run(1)).toContain("expect_failures = 1");
    expect(run("a\n+ b")).toContain("expect_failures = a\n  + b");
  });
});
