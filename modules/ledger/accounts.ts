// Account names are paths of nouns; only these functions spell them. Source: DESIGN §5.

/** The payer's stored balance: what the institution owes the payer. */
export const walletBalance = (payerId: string): string => `wallet:${payerId}:balance`
/** A card account at this institution, named by the payer's source. No card number exists. */
export const cardAccount = (sourceId: string): string => `card:${sourceId}`
/** What the institution owes the merchant. */
export const merchantPayable = (merchantId: string): string => `merchant:${merchantId}:payable`
/** What the institution owes the agent. */
export const agentPayable = (partyId: string): string => `agent:${partyId}:payable`
/** What the institution owes the platform. */
export const platformPayable = (partyId: string): string => `platform:${partyId}:payable`
/** The handling fees that stay with the institution. Source: P29. */
export const institutionFees = 'institution:fees'
/** The institution's money at its bank. */
export const bankCash = 'bank:cash'
/** Money whose owner is not known yet. */
export const suspense = 'suspense'
/** What a channel that pays the institution owes it (a pooled account). Source: DESIGN §4. */
export const channelReceivable = (accountId: string): string => `channel:${accountId}:receivable`
/** What another institution and this one owe each other. */
export const clearing = (institutionId: string): string => `clearing:${institutionId}`
/** Memorandum: what came in by a channel that pays the merchant itself (a direct account). */
export const memoChannel = (accountId: string): string => `memo:channel:${accountId}`
/** Memorandum: what such channels owe the merchant. It is no debt of the institution. */
export const memoMerchant = (merchantId: string): string => `memo:merchant:${merchantId}`
/** What the institution gave away in promotions of its own. */
export const promotionCost = 'institution:promotions'
