variable "role_arns" {
  type        = set(string)
  description = "ARNs of the roles that channels may have, in all accounts that the policy is attached to. At least one."
  nullable    = false

  validation {
    condition     = length(var.role_arns) > 0
    error_message = "Received no role_arns, expected at least one ARN: without it, the policy would lock everybody out."
  }

  validation {
    condition = alltrue([
      for arn in var.role_arns :
      can(regex("^arn:aws:iam::[0-9]{12}:role/([!-)+->@-[\\]-~]{1,510}/)?[A-Za-z0-9_+=,.@-]{1,64}$", arn))
      && !can(regex("[$%#&][{]", arn))
    ])
    error_message = "Received role_arns = ${jsonencode(var.role_arns)}, expected each to be the ARN of a role, such as arn:aws:iam::111122223333:role/AWSSupportAppFullRole, without *, ? or a policy variable."
  }
}

variable "deployer_arns" {
  type        = set(string)
  description = "ARNs of the roles and users that configure the Support App, in all accounts. For a session, its role. At least one."
  nullable    = false

  validation {
    condition     = length(var.deployer_arns) > 0
    error_message = "Received no deployer_arns, expected at least one ARN: without it, the policy would lock everybody out."
  }

  validation {
    condition = alltrue([
      for arn in var.deployer_arns :
      can(regex("^arn:aws:iam::[0-9]{12}:(role|user)/([!-)+->@-[\\]-~]{1,510}/)?[A-Za-z0-9_+=,.@-]{1,64}$", arn))
      && !can(regex("[$%#&][{]", arn))
    ])
    error_message = "Received deployer_arns = ${jsonencode(var.deployer_arns)}, expected each to be the ARN of a role or user, such as arn:aws:iam::111122223333:role/terraform, without *, ? or a policy variable."
  }
}

variable "target_ids" {
  type        = set(string)
  description = "IDs of the accounts, organizational units or roots that the policy is attached to."
  default     = []
  nullable    = false

  validation {
    condition = alltrue([
      for id in var.target_ids :
      can(regex("^([0-9]{12}|r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32})$", id))
    ])
    error_message = "Received target_ids = ${jsonencode(var.target_ids)}, expected IDs of accounts, organizational units or roots, such as 111122223333 or ou-ab12-11111111."
  }
}

variable "name" {
  type        = string
  description = "Name of the policy."
  default     = "support-app"
  nullable    = false

  validation {
    condition     = length(var.name) >= 1 && length(var.name) <= 128
    error_message = "Received name = ${jsonencode(var.name)}, expected 1 to 128 characters."
  }
}
