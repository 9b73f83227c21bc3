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
