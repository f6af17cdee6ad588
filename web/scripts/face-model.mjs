// Adds the network that finds faces to the build, where scripts/fetch-models has fetched it. Without it the pages guide by light alone.
import { existsSync } from "node:fs";
import { join } from "node:path";

const MODULE = "virtual:face-model";

export function faceModel(folder) {
  const [topology, weights] = ["json", "bin"].map((kind) => join(folder ?? "", `blazeface.${kind}`));
  return {
    name: "face-model",
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : undefined),
    load(id) {
      if (id !== `\0${MODULE}`) return undefined;
      if (!folder || !existsSync(topology) || !existsSync(weights)) return "export default null;";
      return `import topology from ${JSON.stringify(`${topology}?url`)};
        import weights from ${JSON.stringify(`${weights}?url`)};
        export default { topology, weights };`;
    },
  };
}
