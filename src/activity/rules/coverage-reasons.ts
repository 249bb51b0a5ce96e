/** What is expected of our rules on the public labelled records: which rule speaks of what, and why where none does. Names are rules' `name`. */

/** The public test's rule → ours that look for the same; none and why, where we look for it otherwise or not at all. */
export const PANTHER: Readonly<Record<string, { readonly ours: readonly string[]; readonly why?: string }>> = {
  "Azure.Audit.DeviceCodeBrokerClient": { ours: ["device_code_broker"] },
  "Azure.Audit.DomainSettingsModified": { ours: ["federation_changed"] },
  "Azure.Audit.ElevateUserAccessAdministrator": { ours: ["elevate_access"] },
  "Azure.Audit.ExcessiveAccountLockouts": {
    ours: ["lockouts"],
    why: "its tests are one record each and leave the count to the platform; ours counts ten within an hour",
  },
  "Azure.Audit.GraphSessionMultipleIPs": {
    ours: [],
    why: "two addresses of one session need state: a first-seen detector",
  },
  "Azure.Audit.HighRiskSignIn": { ours: ["risky_sign_in"] },
  "Azure.Audit.InviteExternalUsers": {
    ours: ["guest_invited"],
    why: "its third test has an external invitation under an operation name of its own making; the activity itself says invitation",
  },
  "Azure.Audit.LegacyAuth": {
    ours: ["legacy_sign_in"],
    why: "its second test is a user whom that rule excepts by name; with us that is a suppression of the customer",
  },
  "Azure.Audit.MFADisabled": { ours: ["mfa_disabled"] },
  "Azure.Audit.ManyFailedSignIns": {
    ours: ["brute_force", "password_spray"],
    why: "its tests are one record each and leave the count to the platform; ours count",
  },
  "Azure.Audit.MultipleProtectionAlerts": { ours: ["risky_sign_in"] },
  "Azure.Audit.OIDC.Changed": { ours: ["tenant_policy_weakened"] },
  "Azure.Audit.PolicyChanged": { ours: ["ca_policy_weakened"] },
  "Azure.Audit.ROPCLoginNoMFA": { ours: ["password_grant", "legacy_sign_in"] },
  "Azure.Audit.RiskLevelPassthrough": {
    ours: ["risky_sign_in"],
    why: "ours speaks only of sign-ins that were let in; this one was refused",
  },
  "Azure.Audit.RoleChangedPIM": {
    ours: ["tenant_admin_added", "service_admin_added"],
    why: "the record names no real role: its template id is a number made up. Ours speak of roles that matter only",
  },
  "Azure.Audit.ServicePrincipalCredentialsAdded": { ours: ["app_credential_added"] },
  "Azure.Audit.VSCodeOAuthPhishing": { ours: ["editor_to_graph"] },
  "Azure.MonitorActivity.ActionGroups.Deleted": { ours: ["logs_stopped"] },
  "Azure.MonitorActivity.Advisor.SecurityRecommendation": {
    ours: [],
    why: "advice of Microsoft, not something somebody did",
  },
  "Azure.MonitorActivity.AlertRules.Deleted": { ours: ["logs_stopped"] },
  "Azure.MonitorActivity.Authorization.ResourceLockDeleted": { ours: ["lock_deleted"] },
  "Azure.MonitorActivity.Automation.AccountCreated": { ours: ["automation_foothold"] },
  "Azure.MonitorActivity.Automation.RunbookCreatedOrModified": { ours: ["automation_foothold"] },
  "Azure.MonitorActivity.Automation.RunbookDeleted": {
    ours: [],
    why: "taking automation away costs nobody anything; deletions in bulk are told",
  },
  "Azure.MonitorActivity.Automation.ScheduleCreated": { ours: ["automation_foothold"] },
  "Azure.MonitorActivity.Automation.ServerlessExecution": {
    ours: [],
    why: "every run of a job or function: daily work without end; making one is told",
  },
  "Azure.MonitorActivity.Automation.WebhookCreated": { ours: ["automation_foothold"] },
  "Azure.MonitorActivity.Compute.DiskDeleted": {
    ours: [],
    why: "one deletion is daily work: `destruction` counts ten within an hour",
  },
  "Azure.MonitorActivity.Compute.DiskSASURIGenerated": { ours: ["disk_exported"] },
  "Azure.MonitorActivity.Compute.RestorePointCollectionDeleted": { ours: ["backup_destroyed"] },
  "Azure.MonitorActivity.Compute.SnapshotDeleted": {
    ours: [],
    why: "one deletion is daily work: `destruction` counts ten within an hour",
  },
  "Azure.MonitorActivity.Compute.VMCommandExecuted": { ours: ["remote_command"] },
  "Azure.MonitorActivity.DiagnosticSettings.Deleted": { ours: ["logs_stopped"] },
  "Azure.MonitorActivity.EventHub.Deleted": { ours: ["logs_stopped"] },
  "Azure.MonitorActivity.KeyVault.CertificateAccessed": {
    ours: [],
    why: "reading one is what every application does; secrets and keys read in bulk are told",
  },
  "Azure.MonitorActivity.KeyVault.Deleted": { ours: ["vault_changed"] },
  "Azure.MonitorActivity.KeyVault.KeyAccessed.Recovered": {
    ours: [],
    why: "reading one is what every application does; `secrets_in_bulk` counts",
  },
  "Azure.MonitorActivity.KeyVault.KeyPurged": { ours: ["backup_destroyed"] },
  "Azure.MonitorActivity.KeyVault.Purged": { ours: ["backup_destroyed"] },
  "Azure.MonitorActivity.KeyVault.SecretAccessedOrRecovered": {
    ours: ["vault_changed"],
    why: "its second test reads one secret, which is what every application does; `secrets_in_bulk` counts",
  },
  "Azure.MonitorActivity.Kubernetes.RoleBindingCreated": { ours: ["role_binding"] },
  "Azure.MonitorActivity.LogAnalyticsWorkspace.Deleted": { ours: ["logs_stopped"] },
  "Azure.MonitorActivity.Network.FirewallPolicyDeleted": { ours: ["network_guard_changed"] },
  "Azure.MonitorActivity.Network.IPDiscovery": { ours: [], why: "reads are not in a customer's Activity Log" },
  "Azure.MonitorActivity.Network.NSGModifiedOrDeleted": { ours: ["network_guard_changed"] },
  "Azure.MonitorActivity.Network.PacketCaptureEnabled": {
    ours: [],
    why: "one capture is daily work of who runs a network; it counts as one of three rare operations",
  },
  "Azure.MonitorActivity.Network.PortMapping": { ours: [], why: "reads are not in a customer's Activity Log" },
  "Azure.MonitorActivity.Network.VNetDeleted": {
    ours: [],
    why: "one deletion is daily work: `destruction` counts ten within an hour",
  },
  "Azure.MonitorActivity.Network.WatcherDeleted": { ours: ["logs_stopped"] },
  "Azure.MonitorActivity.Policy.DeployIfNotExists": {
    ours: [],
    why: "the platform carries out a policy; nobody did anything",
  },
  "Azure.MonitorActivity.Policy.Violation": {
    ours: [],
    why: "the customer's own policies are the customer's to watch",
  },
  "Azure.MonitorActivity.RecoveryServices.ProtectionContainerDeleted": { ours: ["backup_destroyed"] },
  "Azure.MonitorActivity.ResourceGroup.Deleted": {
    ours: [],
    why: "one deletion is daily work: `destruction` counts ten within an hour",
  },
  "Azure.MonitorActivity.RoleAssignment.PrivilegedOrElevated": {
    ours: ["privileged_grant", "elevate_access"],
    why: "Storage Blob Data Owner may read data but neither spend nor give roles; bulk grants are told",
  },
  "Azure.MonitorActivity.SQL.ServerDeleted": {
    ours: [],
    why: "one deletion is daily work: `destruction` counts ten within an hour",
  },
  "Azure.MonitorActivity.Security.AlertSuppressionRuleCreated": { ours: ["suppression_created"] },
  "Azure.MonitorActivity.Storage.Blob.BulkDeletion": {
    ours: [],
    why: "single blobs: logs of the data plane are not collected by a reseller",
  },
  "Azure.MonitorActivity.Storage.Blob.BulkExtraction": {
    ours: [],
    why: "single blobs: logs of the data plane are not collected by a reseller",
  },
  "Azure.MonitorActivity.Storage.Blob.CPKEncryptionDetected": { ours: ["ransom_encryption"] },
  "Azure.MonitorActivity.Storage.Blob.Uploaded": {
    ours: [],
    why: "single blobs: logs of the data plane are not collected by a reseller",
  },
  "Azure.MonitorActivity.Storage.BlobPermissionsModified": {
    ours: [],
    why: "logs of the data plane are not collected by a reseller; public access is told from the management plane",
  },
  "Azure.MonitorActivity.Storage.FileShareModified": {
    ours: [],
    why: "ordinary work on shares; protection switched off is told",
  },
  "Azure.MonitorActivity.Storage.ImmutabilityPolicyDeleted": { ours: ["backup_destroyed"] },
  "Azure.MonitorActivity.Storage.SASTokenExternalAccess": {
    ours: [],
    why: "logs of the data plane, and needs the customer's own address ranges",
  },
  "Azure.MonitorActivity.StorageAccount.BlobAnonymousAccessEnabled": { ours: ["anonymous_storage"] },
  "Azure.MonitorActivity.StorageAccount.BlobSoftDeleteDisabled": { ours: ["storage_guard_lowered"] },
  "Azure.MonitorActivity.StorageAccount.ContainerSoftDeleteDisabled": { ours: ["storage_guard_lowered"] },
  "Azure.MonitorActivity.StorageAccount.Deleted": {
    ours: [],
    why: "one deletion is daily work: `destruction` counts ten within an hour",
  },
  "Azure.MonitorActivity.StorageAccount.HttpsOnlyDisabled": { ours: ["storage_guard_lowered"] },
  "Azure.MonitorActivity.StorageAccount.KeyRegenerated": {
    ours: [],
    why: "one key is daily work: `keys_in_bulk` counts five services within an hour",
  },
  "Azure.MonitorActivity.StorageAccount.KeysListed": {
    ours: [],
    why: "the portal lists keys at every visit: `keys_in_bulk` counts five services within an hour",
  },
  "Azure.MonitorActivity.StorageAccount.PublicNetworkAccessEnabled": { ours: ["storage_guard_lowered"] },
  "Azure.MonitorActivity.StorageAccount.SharedKeyAccessEnabled": { ours: ["storage_guard_lowered"] },
  "Azure.MonitorActivity.StorageAccount.VersioningDisabled": { ours: ["storage_guard_lowered"] },
  "Azure.MonitorActivity.VirtualMachine.Deleted": {
    ours: [],
    why: "one deletion is daily work: `destruction` counts ten within an hour",
  },
  "Defender.Detection.passthrough": { ours: ["alert_high"] },
  "Microsoft.Graph.Passthrough": { ours: ["alert_identity", "alert_high"] },
  "Microsoft365.Brute.Force.Login.by.User": { ours: ["brute_force"] },
  "Microsoft365.Exchange.External.Forwarding": {
    ours: ["forwarding"],
    why: "two of its tests forward inside the company; Sigma cannot compare the domain of one field with another's, so ours tells both",
  },
  "Microsoft365.External.Document.Sharing": {
    ours: [],
    why: "needs the customer's list of allowed domains; sharing is daily work",
  },
  "Microsoft365.MFA.Disabled": { ours: ["mfa_disabled"] },
  "Standard.SignInFromRogueState": {
    ours: [],
    why: "needs a list of countries and a place added by the collector; new countries are told by a first-seen detector",
  },
};

/** Files of simulated attacks, and single attack events, that no rule of ours names. */
export const MISSES: Readonly<Record<string, string>> = {
  "t1098.002_Mail Account Delegation full access permissions.csv":
    "Exchange's own account prepares its search mailbox: not an attack, and left out on purpose",
  "t1110.003_o365spray_default.json":
    "eight accounts, none opened: below the ten of `password_spray`, and `spray_then_in` needs the success",
  "t1550.001_default_rclone_app_registration.json":
    "one application registered by a person: what tells is its reply address, which is rclone's alone; series are told",
  "t1562.008_Advanced Auditing policy removed from a user.csv":
    "a licence plan is taken from a user inside a text of JSON in JSON, which only a parser of its own could read",
  "t1592.004_mfa_sweep.csv":
    "eight sign-ins of one account that succeed, over eight clients: a first-seen detector's work",
  "azure.credential-access.app-service-publishing-credentials":
    "one site's credentials fetched, as the portal does: `keys_in_bulk` counts five services",
  "azure.exfiltration.storage-public-access": "one of its two samples is only the operation's name; the other is told",
  "azure.exfiltration.storage-sas-export":
    "keys of one account listed, as the portal does; one of the samples is only the operation's name",
  "azure.impact.blob-ransomware-client-encryption-scope":
    "making the vault is ordinary; the encryption scope and the deleted key are told",
  "azure.impact.blob-ransomware-cpek": "a single blob: logs of the data plane are not collected by a reseller",
  "azure.impact.blob-ransomware-individual-file-deletion":
    "a single blob: logs of the data plane are not collected by a reseller",
  "azure.impact.resource-lock": "the sample is only the operation's name, without a record around it",
  "T1098.001 Update application":
    "says that something changed and not what; the record beside it names the secret and is told",
  "T1114.002 MailItemsAccessed": "one access to mail is what mail is for",
  "T1606.002 LdapSearch": "Active Directory on the customer's own servers: not a log that a reseller reaches",
  "T1606.002 Directory Services replication":
    "Active Directory on the customer's own servers: not a log that a reseller reaches",
  "T1606.002 MailItemsAccessed": "one access to mail is what mail is for",
  "T1606.002 Add delegated permission grant.":
    "an advanced-hunting row of an old export, with the scopes in a field of its own; the audit record of the same act is told",
};

/** Alarms on records that nobody calls an attack, by file and rule. */
export const FALSE_ALARMS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "entra_signin_msticnb_random.jsonl": {},
  "entra_signin_msticnb_user.jsonl": {},
  "office_activity_msticnb_user.jsonl": {},
  "azure_activity_msticnb.jsonl": {},
  "azure_activity_c7n_cassettes.jsonl": {},
};
