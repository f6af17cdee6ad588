declare module "virtual:face-model" {
  /** Where the network that finds faces is served; null where the build has none. */
  const files: { topology: string; weights: string } | null;
  export default files;
}
