import type { CodeTable } from './code-table.ts'

export const ROUTES_CODES = {
  // The object.
  'ITS-OBJECT-NOT-FOUND': 'preflight',
  'ITS-NAMESPACE-NOT-FOUND': 'preflight',
  'ITS-KIND-NOT-SERVED': 'preflight',
  // Its rules.
  'ITS-RULE-NOT-FOUND': 'input',
  'ITS-RULE-AMBIGUOUS': 'input',
  'ITS-RULE-NO-DESTINATIONS': 'input',
  'ITS-RULE-DELEGATED': 'input',
  'ITS-STAMP-CONFLICT': 'input',
  'ITS-RULE-INCOMPLETE': 'input',
  'ITS-RULE-WITHOUT-TRAFFIC': 'input',
  'ITS-RULE-SHADOWED': 'preflight',
  // Destinations and weights.
  'ITS-DESTINATION-NOT-FOUND': 'input',
  'ITS-SERVICE-NOT-FOUND': 'input',
  'ITS-DESTINATION-AMBIGUOUS': 'input',
  'ITS-DESTINATION-TWICE': 'input',
  'ITS-DESTINATION-PORT': 'input',
  'ITS-DESTINATION-NOT-COPIED': 'input',
  'ITS-DESTINATION-EXISTS': 'input',
  'ITS-ONLY-DESTINATION': 'input',
  'ITS-NO-PROPORTIONS': 'input',
  'ITS-WEIGHTS-INCOMPLETE': 'input',
  'ITS-WEIGHTS-ALL-ZERO': 'input',
  // What is behind and beside the object.
  'ITS-SUBSET-NOT-DEFINED': 'preflight',
  'ITS-SUBSET-HIDDEN': 'preflight',
  'ITS-SUBSETS-NOT-CHECKED': 'preflight',
  'ITS-CONTROLLER': 'preflight',
} as const satisfies CodeTable
