variable "slack_workspaces" {
  type        = list(string)
  description = "Slack workspaces to register for the account, which must be in an organization that may use them. At most 5, including the workspaces of the channels."
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for item in var.slack_workspaces : can(regex("^T[A-Z0-9]{1,255}$", item))])
    error_message = "Received slack_workspaces = ${jsonencode(var.slack_workspaces)}, expected a Slack workspace's ID, such as T012ABCDEFG."
  }

  validation {
    condition     = length(distinct(var.slack_workspaces)) == length(var.slack_workspaces)
    error_message = "Received slack_workspaces = ${jsonencode(var.slack_workspaces)}, expected each of them once."
  }

  validation {
    condition     = length(var.slack_workspaces) <= 5
    error_message = "Received slack_workspaces = ${jsonencode(var.slack_workspaces)}, expected at most 5 workspaces, the AWS limit for an account."
  }
}

variable "account_alias" {
  type        = string
  description = "What people in Slack see instead of the account number."
  default     = null
  nullable    = true

  validation {
    condition     = var.account_alias == null || can(regex("^[\\w -]{1,30}$", var.account_alias))
    error_message = "Received account_alias = ${jsonencode(var.account_alias)}, expected an account alias of 1 to 30 letters, digits, spaces, _ and -."
  }
}
