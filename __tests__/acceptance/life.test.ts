import { deployerTrust } from "./life";

test.each([
  ["a role, whatever its session", "AROAIOSFODNN7EXAMPLE:somebody", "AROAIOSFODNN7EXAMPLE:*"],
  ["a user", "AIDAIOSFODNN7EXAMPLE", "AIDAIOSFODNN7EXAMPLE"],
])("nobody but whoever runs it may assume the deployer: %s", (_, userId, expected) => {
  const { Statement } = JSON.parse(deployerTrust("111122223333", userId));
  expect(Statement).toEqual([
    {
      Effect: "Allow",
      Action: "sts:AssumeRole",
      Principal: { AWS: "arn:aws:iam::111122223333:root" },
      Condition: { StringLike: { "aws:userid": expected } },
    },
  ]);
});
