/** Where a kubeconfig comes from, and which of its contexts to use. */
export type ClusterSource = { kubeconfig: KubeconfigSource; context: string | undefined }
export type KubeconfigSource =
  | { kind: 'auto' }
  | { kind: 'path'; path: string }
  | { kind: 'yaml'; text: string }
