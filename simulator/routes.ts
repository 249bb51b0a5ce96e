import { armLogRoutes } from "./activity/routes-arm.ts";
import { graphLogRoutes } from "./activity/routes-graph.ts";
import { officeLogRoutes } from "./activity/routes-office.ts";
import type { Route } from "./http/route.ts";
import { billingExportRoutes } from "./graph/billing-export.ts";
import { gdapAssignmentRoutes } from "./graph/gdap-assignments.ts";
import { gdapRoutes } from "./graph/gdap.ts";
import { securityAlertRoutes } from "./graph/security-alerts.ts";
import { securityScoreRoutes } from "./graph/security-score.ts";
import { auditRoutes } from "./partner-center/audit.ts";
import { customerRoutes } from "./partner-center/customers.ts";
import { entitlementRoutes } from "./partner-center/entitlements.ts";
import { fraudEventRoutes } from "./partner-center/fraud-events.ts";
import { invoiceRoutes } from "./partner-center/invoices.ts";
import { onboardingRoutes } from "./partner-center/onboarding.ts";
import { partnerRoutes } from "./partner-center/partner-level.ts";
import { subscriptionRoutes } from "./partner-center/subscriptions.ts";
import { usageRoutes } from "./partner-center/usage.ts";
import { userRoutes } from "./partner-center/users.ts";
import { utilizationRoutes } from "./partner-center/utilization.ts";
import { webhookRoutes } from "./partner-center/webhook-registration.ts";
import { tokenRoutes } from "./tokens/endpoint.ts";
import { certificateRoutes } from "./webhooks/routes.ts";

/** Everything the simulator answers, by resource. */
export const ROUTES: readonly Route[] = [
  ...tokenRoutes,
  ...customerRoutes,
  ...subscriptionRoutes,
  ...entitlementRoutes,
  ...usageRoutes,
  ...auditRoutes,
  ...fraudEventRoutes,
  ...webhookRoutes,
  ...securityAlertRoutes,
  ...securityScoreRoutes,
  ...gdapRoutes,
  ...gdapAssignmentRoutes,
  ...billingExportRoutes,
  ...invoiceRoutes,
  ...onboardingRoutes,
  ...partnerRoutes,
  ...userRoutes,
  ...utilizationRoutes,
  ...certificateRoutes,
  ...graphLogRoutes,
  ...officeLogRoutes,
  ...armLogRoutes,
];
