import { AWS_HOST } from "./aws";

test("only hosts of AWS count as AWS, from wherever an endpoint was taken", () => {
  const hosts = [
    "iam.amazonaws.com",
    "sts.us-east-1.amazonaws.com",
    "vpce-0a1b-2c3d.sts.us-east-1.vpce.amazonaws.com",
    "cloudformation.us-east-1.api.aws",
    "127.0.0.1",
    "localhost",
    "amazonaws.com.example.com",
    "iam.amazonaws.com.cn",
    "fakeamazonaws.com",
  ];
  expect(hosts.filter((host) => AWS_HOST.test(host))).toEqual(hosts.slice(0, 4));
});
