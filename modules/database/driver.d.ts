declare module 'pg/lib/utils.js' {
  const driver: {
    /** A value as it is sent: text, or bytes in PostgreSQL's binary form. */
    prepareValue(value: unknown): string | Buffer | null
  }
  export default driver
}
