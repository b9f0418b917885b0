variable "channels" {
  type        = any
  description = "The Slack channels in which everyone gets this access, by keys of your choice. workspace and channel are their IDs in Slack, and name is without the #. notify, if the channel is to be notified, has severity (none, high, all) and events (case-created, reply-added, case-resolved). Type: map(object({ workspace = string, channel = string, name = string, notify = optional(object({ severity = string, events = optional(list(string)) })) }))"
  default     = {}
  nullable    = false

  validation {
    condition     = can(keys(var.channels))
    error_message = "Received channels = ${jsonencode(try(var.channels, null))}, expected a map of channels, such as { oncall = { workspace = \"T012ABCDEFG\", channel = \"C01234A5BCD\", name = \"support-oncall\" } }."
  }

  validation {
    condition     = try(alltrue([for channel in var.channels : try(length(setsubtract(keys(channel), ["workspace", "channel", "name", "notify"])) == 0, false)]), !can(keys(var.channels)))
    error_message = "Received ${try(join(", ", [for key, channel in var.channels : format("channels.%s = %s", key, jsonencode(channel)) if !(try(length(setsubtract(keys(channel), ["workspace", "channel", "name", "notify"])) == 0, false))]), "")}, expected an object of workspace, channel, name, notify and nothing else."
  }

  validation {
    condition     = try(alltrue([for channel in var.channels : can(regex("^T[A-Z0-9]{1,255}$", channel.workspace))]), !can(keys(var.channels)))
    error_message = "Received ${try(join(", ", [for key, channel in var.channels : format("channels.%s.workspace = %s", key, jsonencode(try(channel.workspace, null))) if !(can(regex("^T[A-Z0-9]{1,255}$", channel.workspace)))]), "")}, expected a Slack workspace's ID, such as T012ABCDEFG."
  }

  validation {
    condition     = try(alltrue([for channel in var.channels : can(regex("^[CG][A-Z0-9]{1,255}$", channel.channel))]), !can(keys(var.channels)))
    error_message = "Received ${try(join(", ", [for key, channel in var.channels : format("channels.%s.channel = %s", key, jsonencode(try(channel.channel, null))) if !(can(regex("^[CG][A-Z0-9]{1,255}$", channel.channel)))]), "")}, expected a Slack channel's ID, such as C01234A5BCD."
  }

  validation {
    condition     = try(alltrue([for channel in var.channels : can(regex("^[\\p{L}\\p{M}\\p{N}_-]{1,80}$", channel.name))]), !can(keys(var.channels)))
    error_message = "Received ${try(join(", ", [for key, channel in var.channels : format("channels.%s.name = %s", key, jsonencode(try(channel.name, null))) if !(can(regex("^[\\p{L}\\p{M}\\p{N}_-]{1,80}$", channel.name)))]), "")}, expected a Slack channel's name of 1 to 80 letters, digits, _ and -, without the #."
  }

  validation {
    condition     = try(alltrue([for channel in var.channels : try(channel.notify, null) == null || try(try(length(setsubtract(keys(channel.notify), ["severity", "events"])) == 0, false) && contains(["none", "high", "all"], channel.notify.severity), false)]), !can(keys(var.channels)))
    error_message = "Received ${try(join(", ", [for key, channel in var.channels : format("channels.%s.notify = %s", key, jsonencode(try(channel.notify, null))) if !(try(channel.notify, null) == null || try(try(length(setsubtract(keys(channel.notify), ["severity", "events"])) == 0, false) && contains(["none", "high", "all"], channel.notify.severity), false))]), "")}, expected an object of severity, one of none, high, all, and events, and nothing else."
  }

  validation {
    condition     = try(alltrue([for channel in var.channels : try(channel.notify.events, null) == null || try(length(setsubtract(channel.notify.events, ["case-created", "reply-added", "case-resolved"])) == 0 && length(distinct(channel.notify.events)) == length(channel.notify.events), false)]), !can(keys(var.channels)))
    error_message = "Received ${try(join(", ", [for key, channel in var.channels : format("channels.%s.notify.events = %s", key, jsonencode(try(channel.notify.events, null))) if !(try(channel.notify.events, null) == null || try(length(setsubtract(channel.notify.events, ["case-created", "reply-added", "case-resolved"])) == 0 && length(distinct(channel.notify.events)) == length(channel.notify.events), false))]), "")}, expected a list of events out of case-created, reply-added, case-resolved, each once."
  }

  validation {
    condition     = try(alltrue([for channel in var.channels : (try(channel.notify.severity, "none") == "none") == (try(length(channel.notify.events), 0) == 0)]), !can(keys(var.channels)))
    error_message = "Received ${try(join(", ", [for key, channel in var.channels : format("channels.%s.notify = %s", key, jsonencode(try(channel.notify, null))) if !((try(channel.notify.severity, "none") == "none") == (try(length(channel.notify.events), 0) == 0))]), "")}, expected at least one event with the severity high or all, and no event with none."
  }

  validation {
    condition     = try(length(distinct([for channel in values(var.channels) : jsonencode([try(channel.workspace, null), try(channel.channel, null)])])) == length(var.channels), !can(keys(var.channels)))
    error_message = "Received channels = ${jsonencode(try(var.channels, null))}, expected each channel once, since it has one role."
  }

  validation {
    condition     = try(length(var.channels) <= 20, !can(keys(var.channels)))
    error_message = "Received ${try(length(var.channels), 0)} channels in channels, expected at most 20, the AWS limit for an account."
  }
}

variable "registered_workspaces" {
  type        = list(string)
  description = "The workspaces that the module support-app-account of the same root registers: its output slack_workspaces. A channel is created after its workspace."
  default     = []
  nullable    = false
}

variable "policy" {
  type        = string
  description = "customer-managed: a policy of your own. aws-managed: AWS's own policy, which AWS may change at any time."
  default     = "customer-managed"
  nullable    = false

  validation {
    condition     = contains(["customer-managed", "aws-managed"], var.policy)
    error_message = "Received policy = ${jsonencode(var.policy)}, expected one of customer-managed, aws-managed."
  }
}

variable "role_name" {
  type        = string
  description = "Name of the role, unique in the account, ignoring case."
  default     = "AWSSupportAppReadOnlyRole"
  nullable    = false

  validation {
    condition     = can(regex("^[\\w+=,.@-]{1,64}$", var.role_name))
    error_message = "Received role_name = ${jsonencode(var.role_name)}, expected a role name of 1 to 64 letters, digits and _ + = , . @ -."
  }
}

variable "policy_name" {
  type        = string
  description = "Name of the policy, unique in the account, ignoring case."
  default     = "AWSSupportAppReadOnlyRolePolicy"
  nullable    = false

  validation {
    condition     = can(regex("^[\\w+=,.@-]{1,128}$", var.policy_name))
    error_message = "Received policy_name = ${jsonencode(var.policy_name)}, expected a policy name of 1 to 128 letters, digits and _ + = , . @ -."
  }
}

variable "path" {
  type        = string
  description = "Path of the role and the policy. A change replaces both, so role_name and policy_name must change, too."
  default     = "/"
  nullable    = false

  validation {
    condition     = length(var.path) <= 512 && can(regex("^(/[A-Za-z0-9.,+@=_-]+)*/$", var.path))
    error_message = "Received path = ${jsonencode(var.path)}, expected a path of at most 512 characters that begins and ends with /, with letters, digits and . , + @ = _ - between slashes."
  }
}

variable "description" {
  type        = string
  description = "Description of the role."
  default     = null
  nullable    = true

  validation {
    condition     = var.description == null || can(regex("^[ -\\[\\]-~\\x{a1}-\\x{ff}]{1,1000}$", var.description))
    error_message = "Received description = ${jsonencode(var.description)}, expected one line of 1 to 1000 Latin characters, without a backslash."
  }
}

variable "policy_description" {
  type        = string
  description = "Description of the policy. IAM can't change it later: a change replaces the policy, so policy_name must change, too."
  default     = null
  nullable    = true

  validation {
    condition     = var.policy_description == null || can(regex("^[ -\\[\\]-~\\x{a1}-\\x{ff}]{1,1000}$", var.policy_description))
    error_message = "Received policy_description = ${jsonencode(var.policy_description)}, expected one line of 1 to 1000 Latin characters, without a backslash."
  }
}

variable "permissions_boundary" {
  type        = string
  description = "ARN of the role's permissions boundary: a policy of the same account, or an AWS managed one. If it lacks an action, the channel loses that capability."
  default     = null
  nullable    = true

  validation {
    condition     = var.permissions_boundary == null || can(regex("^arn:aws:iam::([0-9]{12}|aws):policy/([!-\\[\\]-~]{1,510}/)?[\\w+=,.@-]{1,128}$", var.permissions_boundary))
    error_message = "Received permissions_boundary = ${jsonencode(var.permissions_boundary)}, expected the ARN of an IAM policy, such as arn:aws:iam::111122223333:policy/boundary."
  }
}

variable "source_account" {
  type        = string
  description = "The only account on whose behalf the Support App may assume the role (aws:SourceAccount). AWS doesn't document that the Support App sends this key; if it doesn't, the channel loses all access. Try it first."
  default     = null
  nullable    = true

  validation {
    condition     = var.source_account == null || can(regex("^\\d{12}$", var.source_account))
    error_message = "Received source_account = ${jsonencode(var.source_account)}, expected an AWS account ID of 12 digits."
  }
}

variable "max_session_duration" {
  type        = number
  description = "Longest session of the role, in seconds."
  default     = 3600
  nullable    = false

  validation {
    condition     = floor(var.max_session_duration) == var.max_session_duration && var.max_session_duration >= 3600 && var.max_session_duration <= 43200
    error_message = "Received max_session_duration = ${jsonencode(var.max_session_duration)}, expected a whole number of seconds from 3600 (1 hour) to 43200 (12 hours)."
  }
}

variable "tags" {
  type        = map(string)
  description = "Tags of everything that can have tags."
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 50
    error_message = "Received tags = ${jsonencode(var.tags)}, expected at most 50 tags, the IAM limit for a role or a policy."
  }

  validation {
    condition     = alltrue([for key in keys(var.tags) : can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]{1,128}$", key)) && lower(substr(key, 0, 4)) != "aws:"])
    error_message = "Received tags = ${jsonencode(var.tags)}, expected a tag key of 1 to 128 letters, digits, spaces and _ . : / = + - @, not beginning with aws:."
  }

  validation {
    condition     = alltrue([for value in values(var.tags) : can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]{0,256}$", value))])
    error_message = "Received tags = ${jsonencode(var.tags)}, expected a tag value of at most 256 letters, digits, spaces and _ . : / = + - @."
  }

  validation {
    condition     = length(distinct([for key in keys(var.tags) : lower(key)])) == length(var.tags)
    error_message = "Received tags = ${jsonencode(var.tags)}, expected keys that differ in more than case, which IAM ignores."
  }
}
