import hooks from 'eslint-plugin-react-hooks'
import tseslint from 'typescript-eslint'

// What the compiler cannot see and a reviewer would have to. Layout is prettier's, and what needs
// more than one file (rooms, doors, SQL, docs) is in test/tidy.test.ts.

const rules = {
  // A promise that nobody waits for is a payment that nobody knows of.
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
  '@typescript-eslint/await-thenable': 'error',
  '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
  '@typescript-eslint/only-throw-error': 'error',
  '@typescript-eslint/prefer-promise-reject-errors': 'error',

  // A new state, outcome or code must be answered everywhere. `default: unreachable(x)` does it.
  '@typescript-eslint/switch-exhaustiveness-check': [
    'error',
    { considerDefaultExhaustiveForUnions: true },
  ],

  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
  'prefer-const': 'error',
  'no-var': 'error',
  eqeqeq: ['error', 'always', { null: 'ignore' }],
  'no-empty': 'error',
  'no-console': 'error',
  'no-warning-comments': ['error', { terms: ['todo', 'fixme'], location: 'anywhere' }],

  'max-lines': ['error', 400],
  'max-params': ['error', 4],
  'onetill/function-ratchet': 'error',
}

const clockOnly = [
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: 'The time is handed down as a Clock. Only modules/lib/clock.ts reads the machine’s.',
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'The time is handed down as a Clock. Only modules/lib/clock.ts reads the machine’s.',
  },
]

const configOnly = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'The environment is read in app/config.ts and handed down.',
}

const namedExports = {
  selector: 'ExportDefaultDeclaration',
  message: 'Named exports: one name for one thing, wherever it is used.',
}

// Functions that are one straight list and stay readable at any length. Each is named here, so that
// nothing else grows past the ratchet unseen.
const straightLists = []

/**
 * No function has more than 70 lines of its own, but for the straight lists that are named above;
 * the functions inside it are counted by themselves. A named list that shrinks below must leave the
 * list. Source: TigerBeetle, tidy.zig.
 */
const functionRatchet = {
  create(context) {
    const linesInside = []
    const enter = () => linesInside.push(0)
    const leave = (node) => {
      const lines = node.loc.end.line - node.loc.start.line + 1
      const ownLines = lines - linesInside.pop()
      if (linesInside.length > 0) linesInside[linesInside.length - 1] += lines - 1
      const name = node.id?.name ?? node.parent.id?.name ?? node.parent.key?.name ?? 'a function'
      const isListed = straightLists.includes(name)
      if (ownLines > 70 && !isListed) {
        context.report({ node, message: `${name} has ${ownLines} lines; 70 are the most.` })
      }
      if (ownLines <= 70 && isListed) {
        context.report({ node, message: `${name} is short now: strike it from straightLists.` })
      }
    }
    const kinds = ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']
    return Object.fromEntries(
      kinds.flatMap((kind) => [
        [kind, enter],
        [`${kind}:exit`, leave],
      ]),
    )
  },
}

const tests = ['**/*.test.{ts,tsx}', 'test/**', 'bench/**']

export default tseslint.config(
  { ignores: ['**/dist/**', 'data/**', '**/*.js', '**/*.mjs', '**/*.d.ts'] },
  {
    files: ['**/*.{ts,tsx}'],
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: {
      '@typescript-eslint': tseslint.plugin,
      'react-hooks': hooks,
      onetill: { rules: { 'function-ratchet': functionRatchet } },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules,
  },
  {
    files: ['{app,modules,sandbox}/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...clockOnly, configOnly, namedExports] },
  },
  {
    files: ['app/config.ts'],
    rules: { 'no-restricted-syntax': ['error', ...clockOnly, namedExports] },
  },
  {
    files: ['modules/lib/clock.ts'],
    rules: { 'no-restricted-syntax': ['error', configOnly, namedExports] },
  },
  {
    files: ['web/**/*.{ts,tsx}'],
    rules: {
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
    },
  },
  {
    files: tests,
    linterOptions: { reportUnusedDisableDirectives: 'off' },
    rules: {
      'max-lines': ['error', 800],
      'onetill/function-ratchet': 'off',
      'no-restricted-syntax': 'off',
      'no-console': 'off',
      // The body of an HTTP answer is looked at field by field.
      '@typescript-eslint/no-explicit-any': 'off',
    },
  },
)
