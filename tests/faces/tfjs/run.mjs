// Lets TensorFlow.js itself run a network on one picture; the Python beside it calls this.
//   node run.mjs MODEL.json PICTURE OUTPUT...   with @tensorflow/tfjs installed where node finds it
// PICTURE: JSON {side, mean, scale, bgr, rgb}, rgb in base64. Writes a JSON list of the outputs' numbers, in order.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';

const tf = createRequire(join(process.cwd(), 'node_modules', 'x'))('@tensorflow/tfjs');
const [file, pictureFile, ...outputs] = process.argv.slice(2);
const content = JSON.parse(readFileSync(file, 'utf8'));
const manifest = content.weightsManifest[0];
const weights = readFileSync(join(dirname(file), manifest.paths[0]));

const network = await tf.loadGraphModel(tf.io.fromMemory({
  modelTopology: content.modelTopology,
  weightSpecs: manifest.weights,
  weightData: weights.buffer.slice(weights.byteOffset, weights.byteOffset + weights.byteLength),
}));
const picture = JSON.parse(readFileSync(pictureFile, 'utf8'));
const rgb = Float32Array.from(Buffer.from(picture.rgb, 'base64'));
const colours = tf.tensor4d(rgb, [1, picture.side, picture.side, 3]);
const ordered = picture.bgr ? tf.reverse(colours, -1) : colours;
const fed = ordered.sub(tf.tensor1d(picture.mean)).mul(picture.scale);
const found = await network.executeAsync(fed, outputs);
process.stdout.write(JSON.stringify([found].flat().map((each) => Array.from(each.dataSync()))));
