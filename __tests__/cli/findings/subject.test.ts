import { type Subject, subjectName, subjectOf } from "../../../cli/findings/subject";

test.each<[Subject, string]>([
  [{ environment: "production" }, "production"],
  [{ account: "111122223333" }, "account 111122223333"],
])("%j has a name that no other subject has, and is found by it", (subject, name) => {
  expect(subjectName(subject)).toBe(name);
  expect(subjectOf(name)).toEqual(subject);
});
