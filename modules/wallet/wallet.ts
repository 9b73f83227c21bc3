// The payer's side: who pays, from which source, within which mandate, and by which code.

export * from './codes.ts'
export * from './debit.ts'
export * from './limits.ts'
export * from './linked.ts'
export * from './mandate.ts'
export * from './payer.ts'
export * from './peer.ts'
export * from './pin.ts'
export * from './source.ts'
