import { ProtobufWriter } from '../capture/protobuf.ts';

/** TensorFlow's name of a rank. */
export const taskName = (rank: number): string => `/job:worker/replica:0/task:${rank}`;

/**
 * A ServerDef (tensorflow/core/protobuf/tensorflow_server.proto) of one job of as many tasks as there are ranks.
 * @param addresses `host:port` of all ranks
 */
export function serverDef(addresses: readonly string[], rank: number): Uint8Array {
  const job = new ProtobufWriter().bytes(1, 'worker');
  addresses.forEach((address, task) => job.bytes(2, new ProtobufWriter().varint(1, task).bytes(2, address)));
  // Without a leader, ranks would look for the others in their own process.
  const experimental = new ProtobufWriter().bytes(1, taskName(0));
  const config = new ProtobufWriter().bytes(4, `/job:worker/task:${rank}`).bytes(16, experimental);
  return new ProtobufWriter()
    .bytes(1, new ProtobufWriter().bytes(1, job))
    .bytes(2, 'worker')
    .varint(3, rank)
    .bytes(4, config)
    .bytes(5, 'grpc')
    .finish();
}
