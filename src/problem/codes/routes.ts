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
  'ITS-RULE-WITHOUT-WEIGHT': 'preflight',
  'ITS-BACKEND-NOT-A-SERVICE': 'input',
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
  'ITS-BACKEND-NOT-FOUND': 'preflight',
  'ITS-BACKEND-PORT-NOT-FOUND': 'preflight',
  'ITS-REFERENCE-NOT-GRANTED': 'preflight',
  'ITS-REFERENCE-GRANTS-NOT-CHECKED': 'preflight',
  'ITS-ROUTE-NOT-ACCEPTED': 'preflight',
  'ITS-ROUTE-NOT-OBSERVED': 'preflight',
  'ITS-SESSION-PERSISTENCE': 'preflight',
  'ITS-CONTROLLER': 'preflight',
} as const satisfies CodeTable
