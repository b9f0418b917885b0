bucket       = "acme-terraform-state"
key          = "support-app/production.tfstate"
region       = "us-east-1"
encrypt      = true
use_lockfile = true
