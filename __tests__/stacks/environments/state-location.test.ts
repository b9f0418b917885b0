import { localStatePath, statePlace } from "../../../stacks/environments/state-location";

const S3 = { type: "s3", bucket: "states", region: "us-east-1" } as const;
const CLOUD = { type: "cloud", organization: "acme" } as const;

// What a stack has of each backend is in support-app-stack.test.ts.
test.each([
  ["cdktf.out", "../../../state/prod.tfstate"],
  ["a/b", "../../../../state/prod.tfstate"],
  [".", "../../state/prod.tfstate"],
  ["..", "../../../state/prod.tfstate"],
  ["../elsewhere", "../../../state/prod.tfstate"],
])("a local state is beside cdktf.json, seen from its stack in the output folder %s: %s", (outdir, path) => {
  expect(localStatePath(outdir, "prod")).toBe(path);
});

test("two environments have one state only where everything that locates it is the same", () => {
  const local = { type: "local" } as const;
  const http = { type: "http", address: "https://gitlab.com/api/v4/projects/42/terraform/state" } as const;
  const places = [
    statePlace({ name: "a", backend: S3 }),
    statePlace({ name: "a", backend: { ...S3, bucket: "other" } }),
    statePlace({ name: "b", backend: S3 }),
    statePlace({ name: "a", backend: CLOUD }),
    statePlace({ name: "a", backend: { ...CLOUD, hostname: "tfe.acme.example" } }),
    statePlace({ name: "a", backend: http }),
    statePlace({ name: "a", backend: local }, "../../../state/a.tfstate"),
    statePlace({ name: "b", backend: local }, "../../../state/b.tfstate"),
  ];
  expect(new Set(places).size).toBe(places.length);
  expect(statePlace({ name: "a", backend: { ...S3, region: "eu-west-1" } })).toBe(places[0]);
  expect(statePlace({ name: "b", backend: { ...CLOUD, "workspace-prefix": "x" } })).toBe(
    statePlace({ name: "xb", backend: { ...CLOUD, "workspace-prefix": "" } }),
  );
  expect(statePlace({ name: "b", backend: local }, "../../../state/a.tfstate")).toBe(places[6]);
});
