// The payer's side: who pays, from which source, within which mandate, and by which code.

export * from './codes.ts'
export * from './limits.ts'
export * from './mandate.ts'
export * from './payer.ts'
export * from './pin.ts'
export * from './source.ts'
