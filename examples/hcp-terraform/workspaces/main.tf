# In the folder that `support-app publish --out FOLDER --backend cloud` writes: a workspace for each environment, which plans its folder.
terraform {
  required_providers {
    tfe = { source = "hashicorp/tfe" }
  }
}

variable "github_app_installation_id" {
  type = string
}

resource "tfe_workspace" "support_app" {
  for_each = toset(["production", "staging"])

  name              = "support-app-${each.key}"
  organization      = "acme"
  working_directory = "environments/${each.key}"
  trigger_patterns  = ["environments/${each.key}/*.tf"]

  vcs_repo {
    identifier                 = "acme/support-app-access"
    github_app_installation_id = var.github_app_installation_id
  }
}
