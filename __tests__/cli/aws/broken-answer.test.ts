import { BrokenAnswer, promised } from "../../../cli/aws/broken-answer";

test.each([undefined, null, ""])("a part of an answer that is %j isn't there", (Arn) => {
  expect(() => promised({ Arn }, "Arn")).toThrow(
    new BrokenAnswer("received nothing as Arn, expected what AWS documents"),
  );
});

test.each(["a", 0, false])("a part of an answer may be %j", (part) => {
  expect(promised({ part }, "part")).toBe(part);
});
