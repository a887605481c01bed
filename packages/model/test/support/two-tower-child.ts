// Loads a two-tower model in a process in which importing some packages fails: node … two-tower-child.ts FOLDER PREFIX…
// Prints what came of it.
import { register } from 'node:module';

const [folder, ...missing] = process.argv.slice(2);
const refuse = `export async function resolve(specifier, context, next) {
  if (${JSON.stringify(missing)}.some((prefix) => specifier.startsWith(prefix))) throw new Error("Cannot find package '" + specifier + "'");
  return next(specifier, context);
}`;
register(`data:text/javascript,${encodeURIComponent(refuse)}`);

const { loadTwoTower } = await import('@wenlan/model/onnx');
const said = await loadTwoTower(folder!).then(
  ({ dim }) => ({ dim }),
  ({ code, message, exitStatus }: Error & { code: string; exitStatus: number }) => ({ code, message, exitStatus }),
);
process.stdout.write(JSON.stringify(said));
