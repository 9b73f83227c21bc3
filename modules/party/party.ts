// Who takes part: institutions and their issuers; agents and platforms; merchants and their
// stores; the people on the staff; and the bearer tokens of all of them, terminals and payers too.

export { letKeysEnd, readApiKeys, readKeyOwner, type ApiKey, type KeyOwner } from './api-key.ts'
export {
  isIssued,
  issueCredential,
  newToken,
  readCredential,
  revokeCredentials,
  revokeHash,
  revokeToken,
  type Credential,
  type CredentialKind,
  type NewCredential,
} from './credential.ts'
export {
  institutionIn,
  readInstitution,
  readInstitutions,
  readLogin,
  slugOf,
  type Institution,
  type InstitutionRecord,
} from './institution.ts'
export { createIssuer, endIssuer, isPrefixFree, issuerVersion, readIssuers } from './issuers.ts'
export {
  changeMerchant,
  createMerchant,
  createParty,
  findHouseMerchant,
  readMerchant,
  readMerchants,
  readParties,
  readParty,
  type Merchant,
  type NewMerchant,
  type NewParty,
  type Party,
} from './merchant.ts'
export { createInstitution, type NewInstitution } from './opening.ts'
export { isOwnRoot } from './root-mark.ts'
export type { Page } from './page.ts'
export { hashPassword, isPassword } from './password.ts'
export {
  changePerson,
  createPerson,
  isPasswordOf,
  passwordLength,
  readPeople,
  readPerson,
  signIn,
  staffLogin,
  type ListedPerson,
  type NewPerson,
  type Person,
} from './person.ts'
export {
  changeStore,
  createStore,
  readStore,
  readStores,
  storeKinds,
  type NewStore,
  type Position,
  type Store,
  type StoreChange,
  type StoreKind,
} from './store.ts'
