/** Where a published root keeps its state: as its environment does, as a file beside it says, or as `terraform init` is told. */
export const BACKEND_CHOICES = [
  ...(["environment", "none"] as const),
  ...(["azurerm", "cloud", "consul", "cos", "gcs", "http", "kubernetes", "oci", "oss", "pg", "remote", "s3"] as const),
] as const;

export type BackendChoice = (typeof BACKEND_CHOICES)[number];

/** Who configures a published root's provider: the root, as its environment does, or a file beside it. */
export const PROVIDER_CHOICES = ["environment", "none"] as const;

export type ProviderChoice = (typeof PROVIDER_CHOICES)[number];
