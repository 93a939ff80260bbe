/** The names that a file with a Kustomization can have. */
export const NAMES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization']
