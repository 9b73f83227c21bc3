import { defineConfig } from 'vitest/config'

// One runner for all of it (style.md §14). Every kind is a project, so that `vitest --project flow`
// runs one. The PostgreSQL of test/database.ts is started once, for all of them.
const patient = { testTimeout: 60_000, hookTimeout: 60_000 }
const slow = { testTimeout: 120_000, hookTimeout: 60_000 }
// Starting, killing and stopping the whole program within the promised time: one after the other, and
// when the rest is done.
const starts = ['test/flow/start.test.ts']
const alone = { fileParallelism: false, sequence: { groupOrder: 1 }, ...slow }

export default defineConfig({
  test: {
    globalSetup: ['test/database.ts'],
    // Two cores are the least a machine has, and a file waits half of the time: for its database, for
    // a browser, for a server to start.
    maxWorkers: 3,
    projects: [
      // Tests of pure functions, most of them: the files of a worker share what they import.
      {
        test: {
          name: 'unit',
          include: ['{modules,app,web}/**/*.test.ts'],
          isolate: false,
          ...patient,
        },
      },
      { test: { name: 'tidy', include: ['test/*.test.ts'], ...patient } },
      {
        test: {
          name: 'flow',
          include: ['test/{flow,start}/*.test.ts'],
          exclude: starts,
          ...patient,
        },
      },
      { test: { name: 'property', include: ['test/{property,simulation}/*.test.ts'], ...slow } },
      { test: { name: 'start', include: starts, ...alone } },
      // A browser, three programs and a database on two busy cores may be in a hurry once; what is wrong
      // fails twice.
      { test: { name: 'e2e', include: ['test/e2e/*.test.ts'], retry: 1, ...slow } },
    ],
  },
})
