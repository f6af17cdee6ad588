// Runs a small convolutional network of TensorFlow.js by its WebAssembly kernels: only the operations that BlazeFace has, so that a phone
// loads no more than these.
import { add, depthwiseConv2d, env, fused, maxPool, pad, ready, registerKernel, relu, reshape, setBackend, tensor, tidy, type Tensor, type Tensor3D, type Tensor4D } from "@tensorflow/tfjs-core";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm/dist/base";
import { addConfig } from "@tensorflow/tfjs-backend-wasm/dist/kernels/Add";
import { depthwiseConv2dNativeConfig } from "@tensorflow/tfjs-backend-wasm/dist/kernels/DepthwiseConv2dNative";
import { fusedConv2DConfig } from "@tensorflow/tfjs-backend-wasm/dist/kernels/FusedConv2D";
import { identityConfig } from "@tensorflow/tfjs-backend-wasm/dist/kernels/Identity";
import { maxPoolConfig } from "@tensorflow/tfjs-backend-wasm/dist/kernels/MaxPool";
import { padV2Config } from "@tensorflow/tfjs-backend-wasm/dist/kernels/PadV2";
import { reluConfig } from "@tensorflow/tfjs-backend-wasm/dist/kernels/Relu";
import { reshapeConfig } from "@tensorflow/tfjs-backend-wasm/dist/kernels/Reshape";

interface Attribute {
  s?: string; // in base64
  list?: { i?: string[]; s?: string[] };
}

interface Node {
  name: string;
  op: string;
  input?: string[];
  attr: Record<string, Attribute | undefined>;
}

/** The file of a network, as TensorFlow.js's converter writes it. */
export interface Topology {
  modelTopology: { node: Node[] };
  weightsManifest: { weights: { name: string; shape: number[]; dtype: string }[] }[];
}

export interface WasmFiles {
  simd: string;
  plain: string;
}

/** Start the kernels. Rejects where the browser has no WebAssembly, or the policy of the page forbids it. */
export async function startKernels(files: WasmFiles): Promise<void> {
  [addConfig, depthwiseConv2dNativeConfig, fusedConv2DConfig, identityConfig, maxPoolConfig, padV2Config, reluConfig, reshapeConfig].forEach(registerKernel);
  env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  setWasmPaths({ "tfjs-backend-wasm-simd.wasm": files.simd, "tfjs-backend-wasm.wasm": files.plain, "tfjs-backend-wasm-threaded-simd.wasm": files.simd });
  if (!(await setBackend("wasm"))) throw new Error("no WebAssembly");
  await ready();
}

export class Network {
  private readonly constants = new Map<string, Tensor>();
  private readonly nodes: Node[];

  constructor(topology: Topology, weights: ArrayBuffer) {
    this.nodes = topology.modelTopology.node;
    let at = 0;
    for (const { name, shape, dtype } of topology.weightsManifest.flatMap((each) => each.weights)) {
      const length = shape.reduce((product, each) => product * each, 1);
      const kind = dtype === "int32" ? Int32Array : Float32Array;
      this.constants.set(name, tensor(new kind(weights.slice(at, at + 4 * length)), shape, dtype as "int32" | "float32"));
      at += 4 * length;
    }
  }

  /** Return the outputs for an input (1, side, side, 3), each with its shape. */
  run(input: Float32Array, side: number): { shape: number[]; values: Float32Array }[] {
    return tidy(() => {
      const values = new Map(this.constants);
      const outputs: Tensor[] = [];
      for (const node of this.nodes) {
        if (node.op === "Const") continue;
        const found = node.op === "Placeholder" ? tensor(input, [1, side, side, 3]) : this.computed(node, values);
        values.set(node.name, found);
        if (node.op === "Identity") outputs.push(found);
      }
      return outputs.map((each) => ({ shape: each.shape, values: each.dataSync() as Float32Array }));
    });
  }

  private computed(node: Node, values: Map<string, Tensor>): Tensor {
    const inputs = (node.input ?? []).map((name) => values.get(name.split(":")[0]!)!);
    const [first, second, third] = inputs;
    const strides = (): [number, number] => {
      const [, rows, columns] = node.attr.strides?.list?.i ?? [];
      return [Number(rows), Number(columns)];
    };
    const padding = (): "same" | "valid" => (atob(node.attr.padding?.s ?? "") === "SAME" ? "same" : "valid");
    switch (node.op) {
      case "_FusedConv2D": {
        const isRelu = (node.attr.fused_ops?.list?.s ?? []).some((each) => atob(each) === "Relu");
        return fused.conv2d({ x: first as Tensor4D, filter: second as Tensor4D, strides: strides(), pad: padding(), bias: third, activation: isRelu ? "relu" : "linear" });
      }
      case "DepthwiseConv2dNative":
        return depthwiseConv2d(first as Tensor4D, second as Tensor4D, strides(), padding());
      case "MaxPool": {
        const [, rows, columns] = node.attr.ksize?.list?.i ?? [];
        return maxPool(first as Tensor3D, [Number(rows), Number(columns)], strides(), padding());
      }
      case "AddV2":
        return add(first!, second!);
      case "Relu":
        return relu(first!);
      case "Pad":
        return pad(first!, second!.arraySync() as [number, number][]);
      case "Reshape":
        return reshape(first!, second!.arraySync() as number[]);
      case "Identity":
        return first!;
      default:
        throw new Error(`the network has an operation that is not known here: ${node.op}`);
    }
  }
}
