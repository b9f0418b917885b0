variable "read_only" {
  type        = any
  description = "What people in channels with read-only access get: the inputs of the module support-app-read-only, or {} for its defaults. Null: the account has no such access. Type: object({ channels = optional(map(object({ workspace = string, channel = string, name = string, notify = optional(object({ severity = string, events = optional(list(string)) })) })), {}), policy = optional(string, \"customer-managed\"), role_name = optional(string, \"AWSSupportAppReadOnlyRole\"), policy_name = optional(string, \"AWSSupportAppReadOnlyRolePolicy\"), path = optional(string, \"/\"), description = optional(string), policy_description = optional(string), permissions_boundary = optional(string), source_account = optional(string), max_session_duration = optional(number, 3600), tags = optional(map(string), {}) })"
  default     = null
  nullable    = true

  validation {
    condition     = var.read_only == null || try(length(setsubtract(keys(var.read_only), ["channels", "policy", "role_name", "policy_name", "path", "description", "policy_description", "permissions_boundary", "source_account", "max_session_duration", "tags"])) == 0, false)
    error_message = "Received ${try(join(", ", [for key in setsubtract(keys(var.read_only), ["channels", "policy", "role_name", "policy_name", "path", "description", "policy_description", "permissions_boundary", "source_account", "max_session_duration", "tags"]) : "read_only.${key}"]), format("read_only = %s", jsonencode(var.read_only)))}, expected an object of channels, policy, role_name, policy_name, path, description, policy_description, permissions_boundary, source_account, max_session_duration, tags and nothing else."
  }

  validation {
    condition     = alltrue([for key in ["max_session_duration"] : try(var.read_only[key] == null || can(tonumber(var.read_only[key])), true)])
    error_message = "Received ${join(", ", [for key in ["max_session_duration"] : format("read_only.%s = %s", key, jsonencode(var.read_only[key])) if !try(var.read_only[key] == null || can(tonumber(var.read_only[key])), true)])}, expected a number."
  }

  validation {
    condition     = alltrue([for key in ["policy", "role_name", "policy_name", "path", "description", "policy_description", "permissions_boundary", "source_account"] : try(var.read_only[key] == null || can(tostring(var.read_only[key])), true)])
    error_message = "Received ${join(", ", [for key in ["policy", "role_name", "policy_name", "path", "description", "policy_description", "permissions_boundary", "source_account"] : format("read_only.%s = %s", key, jsonencode(var.read_only[key])) if !try(var.read_only[key] == null || can(tostring(var.read_only[key])), true)])}, expected a string."
  }

  validation {
    condition     = alltrue([for key in ["tags"] : try(var.read_only[key] == null || can([for text in values(var.read_only[key]) : tostring(text)]), true)])
    error_message = "Received ${join(", ", [for key in ["tags"] : format("read_only.%s = %s", key, jsonencode(var.read_only[key])) if !try(var.read_only[key] == null || can([for text in values(var.read_only[key]) : tostring(text)]), true)])}, expected a map of strings."
  }

  validation {
    condition     = try(var.read_only.channels, null) == null || can(keys(var.read_only.channels))
    error_message = "Received read_only.channels = ${jsonencode(try(var.read_only.channels, null))}, expected a map of channels, such as { oncall = { workspace = \"T012ABCDEFG\", channel = \"C01234A5BCD\", name = \"support-oncall\" } }."
  }

  validation {
    condition     = try(alltrue([for channel in var.read_only.channels : try(length(setsubtract(keys(channel), ["workspace", "channel", "name", "notify"])) == 0, false)]), !can(keys(var.read_only.channels)))
    error_message = "Received ${try(join(", ", [for key, channel in var.read_only.channels : format("read_only.channels.%s = %s", key, jsonencode(channel)) if !(try(length(setsubtract(keys(channel), ["workspace", "channel", "name", "notify"])) == 0, false))]), "")}, expected an object of workspace, channel, name, notify and nothing else."
  }

  validation {
    condition     = try(alltrue([for channel in var.read_only.channels : can(regex("^T[A-Z0-9]{1,255}$", channel.workspace))]), !can(keys(var.read_only.channels)))
    error_message = "Received ${try(join(", ", [for key, channel in var.read_only.channels : format("read_only.channels.%s.workspace = %s", key, jsonencode(try(channel.workspace, null))) if !(can(regex("^T[A-Z0-9]{1,255}$", channel.workspace)))]), "")}, expected a Slack workspace's ID, such as T012ABCDEFG."
  }

  validation {
    condition     = try(alltrue([for channel in var.read_only.channels : can(regex("^[CG][A-Z0-9]{1,255}$", channel.channel))]), !can(keys(var.read_only.channels)))
    error_message = "Received ${try(join(", ", [for key, channel in var.read_only.channels : format("read_only.channels.%s.channel = %s", key, jsonencode(try(channel.channel, null))) if !(can(regex("^[CG][A-Z0-9]{1,255}$", channel.channel)))]), "")}, expected a Slack channel's ID, such as C01234A5BCD."
  }

  validation {
    condition     = try(alltrue([for channel in var.read_only.channels : can(regex("^[\\p{L}\\p{M}\\p{N}_-]{1,80}$", channel.name))]), !can(keys(var.read_only.channels)))
    error_message = "Received ${try(join(", ", [for key, channel in var.read_only.channels : format("read_only.channels.%s.name = %s", key, jsonencode(try(channel.name, null))) if !(can(regex("^[\\p{L}\\p{M}\\p{N}_-]{1,80}$", channel.name)))]), "")}, expected a Slack channel's name of 1 to 80 letters, digits, _ and -, without the #."
  }

  validation {
    condition     = try(alltrue([for channel in var.read_only.channels : try(channel.notify, null) == null || try(try(length(setsubtract(keys(channel.notify), ["severity", "events"])) == 0, false) && contains(["none", "high", "all"], channel.notify.severity), false)]), !can(keys(var.read_only.channels)))
    error_message = "Received ${try(join(", ", [for key, channel in var.read_only.channels : format("read_only.channels.%s.notify = %s", key, jsonencode(try(channel.notify, null))) if !(try(channel.notify, null) == null || try(try(length(setsubtract(keys(channel.notify), ["severity", "events"])) == 0, false) && contains(["none", "high", "all"], channel.notify.severity), false))]), "")}, expected an object of severity, one of none, high, all, and events, and nothing else."
  }

  validation {
    condition     = try(alltrue([for channel in var.read_only.channels : try(channel.notify.events, null) == null || try(length(setsubtract(channel.notify.events, ["case-created", "reply-added", "case-resolved"])) == 0 && length(distinct(channel.notify.events)) == length(channel.notify.events), false)]), !can(keys(var.read_only.channels)))
    error_message = "Received ${try(join(", ", [for key, channel in var.read_only.channels : format("read_only.channels.%s.notify.events = %s", key, jsonencode(try(channel.notify.events, null))) if !(try(channel.notify.events, null) == null || try(length(setsubtract(channel.notify.events, ["case-created", "reply-added", "case-resolved"])) == 0 && length(distinct(channel.notify.events)) == length(channel.notify.events), false))]), "")}, expected a list of events out of case-created, reply-added, case-resolved, each once."
  }

  validation {
    condition     = try(alltrue([for channel in var.read_only.channels : (try(channel.notify.severity, "none") == "none") == (try(length(channel.notify.events), 0) == 0)]), !can(keys(var.read_only.channels)))
    error_message = "Received ${try(join(", ", [for key, channel in var.read_only.channels : format("read_only.channels.%s.notify = %s", key, jsonencode(try(channel.notify, null))) if !((try(channel.notify.severity, "none") == "none") == (try(length(channel.notify.events), 0) == 0))]), "")}, expected at least one event with the severity high or all, and no event with none."
  }

  validation {
    condition     = try(length(distinct([for channel in values(var.read_only.channels) : jsonencode([try(channel.workspace, null), try(channel.channel, null)])])) == length(var.read_only.channels), !can(keys(var.read_only.channels)))
    error_message = "Received read_only.channels = ${jsonencode(try(var.read_only.channels, null))}, expected each channel once, since it has one role."
  }

  validation {
    condition     = try(length(var.read_only.channels) <= 20, !can(keys(var.read_only.channels)))
    error_message = "Received ${try(length(var.read_only.channels), 0)} channels in read_only.channels, expected at most 20, the AWS limit for an account."
  }
}

variable "full" {
  type        = any
  description = "What people in channels with full access get: the inputs of the module support-app-full, or {} for its defaults. Null: the account has no such access. Type: object({ channels = optional(map(object({ workspace = string, channel = string, name = string, notify = optional(object({ severity = string, events = optional(list(string)) })) })), {}), create_cases = optional(bool, true), reply_to_cases = optional(bool, true), attach_files = optional(bool, true), resolve_cases = optional(bool, true), live_chat = optional(bool, true), request_quota_increases = optional(bool, true), policy = optional(string, \"customer-managed\"), service_quotas_role = optional(string, \"on-demand\"), role_name = optional(string, \"AWSSupportAppFullRole\"), policy_name = optional(string, \"AWSSupportAppFullRolePolicy\"), path = optional(string, \"/\"), description = optional(string), policy_description = optional(string), permissions_boundary = optional(string), source_account = optional(string), max_session_duration = optional(number, 3600), tags = optional(map(string), {}) })"
  default     = null
  nullable    = true

  validation {
    condition     = var.full == null || try(length(setsubtract(keys(var.full), ["channels", "create_cases", "reply_to_cases", "attach_files", "resolve_cases", "live_chat", "request_quota_increases", "policy", "service_quotas_role", "role_name", "policy_name", "path", "description", "policy_description", "permissions_boundary", "source_account", "max_session_duration", "tags"])) == 0, false)
    error_message = "Received ${try(join(", ", [for key in setsubtract(keys(var.full), ["channels", "create_cases", "reply_to_cases", "attach_files", "resolve_cases", "live_chat", "request_quota_increases", "policy", "service_quotas_role", "role_name", "policy_name", "path", "description", "policy_description", "permissions_boundary", "source_account", "max_session_duration", "tags"]) : "full.${key}"]), format("full = %s", jsonencode(var.full)))}, expected an object of channels, create_cases, reply_to_cases, attach_files, resolve_cases, live_chat, request_quota_increases, policy, service_quotas_role, role_name, policy_name, path, description, policy_description, permissions_boundary, source_account, max_session_duration, tags and nothing else."
  }

  validation {
    condition     = alltrue([for key in ["create_cases", "reply_to_cases", "attach_files", "resolve_cases", "live_chat", "request_quota_increases"] : try(var.full[key] != null, true)])
    error_message = "Received ${join(", ", [for key in ["create_cases", "reply_to_cases", "attach_files", "resolve_cases", "live_chat", "request_quota_increases"] : "full.${key} = null" if try(var.full[key] == null, false)])}, expected true or false, or no such key."
  }

  validation {
    condition     = alltrue([for key in ["create_cases", "reply_to_cases", "attach_files", "resolve_cases", "live_chat", "request_quota_increases"] : try(var.full[key] == null || can(tobool(var.full[key])), true)])
    error_message = "Received ${join(", ", [for key in ["create_cases", "reply_to_cases", "attach_files", "resolve_cases", "live_chat", "request_quota_increases"] : format("full.%s = %s", key, jsonencode(var.full[key])) if !try(var.full[key] == null || can(tobool(var.full[key])), true)])}, expected true or false."
  }

  validation {
    condition     = alltrue([for key in ["max_session_duration"] : try(var.full[key] == null || can(tonumber(var.full[key])), true)])
    error_message = "Received ${join(", ", [for key in ["max_session_duration"] : format("full.%s = %s", key, jsonencode(var.full[key])) if !try(var.full[key] == null || can(tonumber(var.full[key])), true)])}, expected a number."
  }

  validation {
    condition     = alltrue([for key in ["policy", "service_quotas_role", "role_name", "policy_name", "path", "description", "policy_description", "permissions_boundary", "source_account"] : try(var.full[key] == null || can(tostring(var.full[key])), true)])
    error_message = "Received ${join(", ", [for key in ["policy", "service_quotas_role", "role_name", "policy_name", "path", "description", "policy_description", "permissions_boundary", "source_account"] : format("full.%s = %s", key, jsonencode(var.full[key])) if !try(var.full[key] == null || can(tostring(var.full[key])), true)])}, expected a string."
  }

  validation {
    condition     = alltrue([for key in ["tags"] : try(var.full[key] == null || can([for text in values(var.full[key]) : tostring(text)]), true)])
    error_message = "Received ${join(", ", [for key in ["tags"] : format("full.%s = %s", key, jsonencode(var.full[key])) if !try(var.full[key] == null || can([for text in values(var.full[key]) : tostring(text)]), true)])}, expected a map of strings."
  }

  validation {
    condition     = try(var.full.channels, null) == null || can(keys(var.full.channels))
    error_message = "Received full.channels = ${jsonencode(try(var.full.channels, null))}, expected a map of channels, such as { oncall = { workspace = \"T012ABCDEFG\", channel = \"C01234A5BCD\", name = \"support-oncall\" } }."
  }

  validation {
    condition     = try(alltrue([for channel in var.full.channels : try(length(setsubtract(keys(channel), ["workspace", "channel", "name", "notify"])) == 0, false)]), !can(keys(var.full.channels)))
    error_message = "Received ${try(join(", ", [for key, channel in var.full.channels : format("full.channels.%s = %s", key, jsonencode(channel)) if !(try(length(setsubtract(keys(channel), ["workspace", "channel", "name", "notify"])) == 0, false))]), "")}, expected an object of workspace, channel, name, notify and nothing else."
  }

  validation {
    condition     = try(alltrue([for channel in var.full.channels : can(regex("^T[A-Z0-9]{1,255}$", channel.workspace))]), !can(keys(var.full.channels)))
    error_message = "Received ${try(join(", ", [for key, channel in var.full.channels : format("full.channels.%s.workspace = %s", key, jsonencode(try(channel.workspace, null))) if !(can(regex("^T[A-Z0-9]{1,255}$", channel.workspace)))]), "")}, expected a Slack workspace's ID, such as T012ABCDEFG."
  }

  validation {
    condition     = try(alltrue([for channel in var.full.channels : can(regex("^[CG][A-Z0-9]{1,255}$", channel.channel))]), !can(keys(var.full.channels)))
    error_message = "Received ${try(join(", ", [for key, channel in var.full.channels : format("full.channels.%s.channel = %s", key, jsonencode(try(channel.channel, null))) if !(can(regex("^[CG][A-Z0-9]{1,255}$", channel.channel)))]), "")}, expected a Slack channel's ID, such as C01234A5BCD."
  }

  validation {
    condition     = try(alltrue([for channel in var.full.channels : can(regex("^[\\p{L}\\p{M}\\p{N}_-]{1,80}$", channel.name))]), !can(keys(var.full.channels)))
    error_message = "Received ${try(join(", ", [for key, channel in var.full.channels : format("full.channels.%s.name = %s", key, jsonencode(try(channel.name, null))) if !(can(regex("^[\\p{L}\\p{M}\\p{N}_-]{1,80}$", channel.name)))]), "")}, expected a Slack channel's name of 1 to 80 letters, digits, _ and -, without the #."
  }

  validation {
    condition     = try(alltrue([for channel in var.full.channels : try(channel.notify, null) == null || try(try(length(setsubtract(keys(channel.notify), ["severity", "events"])) == 0, false) && contains(["none", "high", "all"], channel.notify.severity), false)]), !can(keys(var.full.channels)))
    error_message = "Received ${try(join(", ", [for key, channel in var.full.channels : format("full.channels.%s.notify = %s", key, jsonencode(try(channel.notify, null))) if !(try(channel.notify, null) == null || try(try(length(setsubtract(keys(channel.notify), ["severity", "events"])) == 0, false) && contains(["none", "high", "all"], channel.notify.severity), false))]), "")}, expected an object of severity, one of none, high, all, and events, and nothing else."
  }

  validation {
    condition     = try(alltrue([for channel in var.full.channels : try(channel.notify.events, null) == null || try(length(setsubtract(channel.notify.events, ["case-created", "reply-added", "case-resolved"])) == 0 && length(distinct(channel.notify.events)) == length(channel.notify.events), false)]), !can(keys(var.full.channels)))
    error_message = "Received ${try(join(", ", [for key, channel in var.full.channels : format("full.channels.%s.notify.events = %s", key, jsonencode(try(channel.notify.events, null))) if !(try(channel.notify.events, null) == null || try(length(setsubtract(channel.notify.events, ["case-created", "reply-added", "case-resolved"])) == 0 && length(distinct(channel.notify.events)) == length(channel.notify.events), false))]), "")}, expected a list of events out of case-created, reply-added, case-resolved, each once."
  }

  validation {
    condition     = try(alltrue([for channel in var.full.channels : (try(channel.notify.severity, "none") == "none") == (try(length(channel.notify.events), 0) == 0)]), !can(keys(var.full.channels)))
    error_message = "Received ${try(join(", ", [for key, channel in var.full.channels : format("full.channels.%s.notify = %s", key, jsonencode(try(channel.notify, null))) if !((try(channel.notify.severity, "none") == "none") == (try(length(channel.notify.events), 0) == 0))]), "")}, expected at least one event with the severity high or all, and no event with none."
  }

  validation {
    condition     = try(length(distinct([for channel in values(var.full.channels) : jsonencode([try(channel.workspace, null), try(channel.channel, null)])])) == length(var.full.channels), !can(keys(var.full.channels)))
    error_message = "Received full.channels = ${jsonencode(try(var.full.channels, null))}, expected each channel once, since it has one role."
  }

  validation {
    condition     = try(length(var.full.channels) <= 20, !can(keys(var.full.channels)))
    error_message = "Received ${try(length(var.full.channels), 0)} channels in full.channels, expected at most 20, the AWS limit for an account."
  }
}

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
