// The variables whose problems have a line of their own.
export const POLICY_NAMES = ["RECOVERY_POLICY"] as const;
export const BRAND_NAMES = ["BRAND_DIR"] as const;
export const LINK_NAMES = ["LINK_SIGNING_KEYS", "PUBLIC_URL"] as const;
export const OPERATOR_KEY_NAMES = ["OPERATOR_API_KEYS"] as const;
export const OUTGOING_NAMES = ["OUTGOING_WEBHOOK_URL", "OUTGOING_WEBHOOK_KEY"] as const;
