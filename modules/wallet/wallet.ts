// The payer's side: who pays, from which source, within which mandate, and by which code.

export * from './alias.ts'
export * from './codes.ts'
export * from './debit.ts'
export * from './device.ts'
export * from './limits.ts'
export * from './linked.ts'
export * from './mandate.ts'
export { issueAliases, type Alias, type BatchWish, type OfflineBatch } from './offline.ts'
export * from './offline-judge.ts'
export {
  proveOffline,
  purgeOfflineTries,
  readWrongCodes,
  type Proved,
  type Scanner,
  type WrongCodes,
} from './offline-prove.ts'
export * from './payer.ts'
export * from './peer.ts'
export * from './pin.ts'
export { sealedInWallet } from './sealed.ts'
export * from './source.ts'
export { tellUnlinks } from './unlink.ts'
