import js from "@eslint/js";
import globals from "globals";

const PAGES = "dashboard/livewall_dashboard/static";
/** Those that run before the page is drawn: classic scripts, not modules. */
const SCRIPTS = [`${PAGES}/shared/theme.js`, `${PAGES}/shared/wall-link.js`];
const AS_TEXT = "Text always goes in as text: no name or message is ever markup.";

export default [
  { ignores: [".venv/", "**/vendor/", "build/", "dist/", "results/", "livewall-data/"] },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  js.configs.recommended,
  {
    rules: {
      "array-callback-return": "error",
      "consistent-return": "error",
      "default-case-last": "error",
      "dot-notation": "error",
      eqeqeq: "error",
      "no-constructor-return": "error",
      "no-duplicate-imports": "error",
      "no-eval": "error",
      "no-extend-native": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-new-wrappers": "error",
      "no-promise-executor-return": "error",
      "no-return-assign": "error",
      "no-self-compare": "error",
      "no-sequences": "error",
      "no-shadow": "error",
      "no-template-curly-in-string": "error",
      "no-throw-literal": "error",
      "no-unmodified-loop-condition": "error",
      "no-unneeded-ternary": "error",
      "no-unreachable-loop": "error",
      "no-useless-concat": "error",
      "no-useless-rename": "error",
      "no-useless-return": "error",
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
      "prefer-promise-reject-errors": "error",
      "prefer-template": "error",
      radix: "error",
      "no-restricted-properties": [
        "error",
        ...["innerHTML", "outerHTML", "insertAdjacentHTML"].map((property) => ({ property, message: AS_TEXT })),
      ],
    },
  },
  { files: [`${PAGES}/**/*.js`], languageOptions: { globals: globals.browser } },
  { files: SCRIPTS, languageOptions: { sourceType: "script" }, rules: { "no-implicit-globals": "error" } },
  { files: ["tests/**/*.mjs"], languageOptions: { globals: globals.nodeBuiltin } },
];
