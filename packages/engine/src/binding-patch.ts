import { COLLECTIVES_PATCH } from './collectives/collectives-patch.ts';

/** One insertion into a source file of the binding: `text` goes right before the only occurrence of `before`. */
export interface Insertion {
  file: string;
  before: string;
  text: string;
}

/**
 * What we add to the binding of @tensorflow/tfjs-node-gpu 4.22.0: a graph becomes a function of TensorFlow's eager context,
 * which `executeOp` can then call by its name as if it were an operation; TensorFlow says what an operation would put out; and
 * several processes compute together.
 */
export const BINDING_PATCH: readonly Insertion[] = [
  {
    file: 'binding/tfjs_backend.h',
    before: ' private:\n  TFJSBackend(napi_env env);',
    text: `  // Registers a GraphDef (Uint8Array) as a function. Inputs are node names; outputs are "node:index".
  void AddFunction(napi_env env, napi_value name_value, napi_value graph_value,
                   napi_value inputs_value, napi_value outputs_value);

  // Takes a function out of the context again.
  void RemoveFunction(napi_env env, napi_value name_value);

  // Shapes and types that TensorFlow infers of outputs ("node:index") of a GraphDef (Uint8Array), without running it.
  napi_value InferOutputs(napi_env env, napi_value graph_value,
                          napi_value outputs_value);

`,
  },
  {
    file: 'binding/tfjs_backend.cc',
    before: 'napi_value TFJSBackend::LoadSavedModel(napi_env env,',
    text: `static bool ReadNames(napi_env env, napi_value names_value,
                      std::vector<std::string> &names) {
  uint32_t length;
  napi_status nstatus = napi_get_array_length(env, names_value, &length);
  ENSURE_NAPI_OK_RETVAL(env, nstatus, false);
  for (uint32_t i = 0; i < length; i++) {
    napi_value name_value;
    nstatus = napi_get_element(env, names_value, i, &name_value);
    ENSURE_NAPI_OK_RETVAL(env, nstatus, false);
    std::string name;
    nstatus = GetStringParam(env, name_value, name);
    ENSURE_NAPI_OK_RETVAL(env, nstatus, false);
    names.push_back(name);
  }
  return true;
}

static bool FindOutput(napi_env env, TF_Graph *graph, const std::string &name,
                       TF_Output *output) {
  const size_t colon = name.rfind(':');
  const std::string node = name.substr(0, colon);
  output->oper = TF_GraphOperationByName(graph, node.c_str());
  output->index =
      colon == std::string::npos ? 0 : std::stoi(name.substr(colon + 1));
  if (output->oper == nullptr) {
    NAPI_THROW_ERROR(env, "The graph has no node %s", node.c_str());
    return false;
  }
  return true;
}

typedef std::unique_ptr<TF_Graph, decltype(&TF_DeleteGraph)> OwnedGraph;

// A graph of the GraphDef in a Uint8Array; empty after an exception.
static OwnedGraph ImportGraph(napi_env env, napi_value graph_value) {
  OwnedGraph none(nullptr, TF_DeleteGraph);
  napi_typedarray_type array_type;
  size_t length;
  void *data;
  napi_value array_buffer;
  size_t offset;
  napi_status nstatus = napi_get_typedarray_info(
      env, graph_value, &array_type, &length, &data, &array_buffer, &offset);
  ENSURE_NAPI_OK_RETVAL(env, nstatus, none);
  TF_AutoStatus tf_status;
  OwnedGraph graph(TF_NewGraph(), TF_DeleteGraph);
  std::unique_ptr<TF_Buffer, decltype(&TF_DeleteBuffer)> graph_def(
      TF_NewBufferFromString(data, length), TF_DeleteBuffer);
  std::unique_ptr<TF_ImportGraphDefOptions,
                  decltype(&TF_DeleteImportGraphDefOptions)>
      options(TF_NewImportGraphDefOptions(), TF_DeleteImportGraphDefOptions);
  TF_GraphImportGraphDef(graph.get(), graph_def.get(), options.get(),
                         tf_status.status);
  ENSURE_TF_OK_RETVAL(env, tf_status, none);
  return graph;
}

napi_value TFJSBackend::InferOutputs(napi_env env, napi_value graph_value,
                                     napi_value outputs_value) {
  std::vector<std::string> names;
  if (!ReadNames(env, outputs_value, names)) return nullptr;
  OwnedGraph graph = ImportGraph(env, graph_value);
  if (!graph) return nullptr;
  napi_value results;
  napi_status nstatus =
      napi_create_array_with_length(env, names.size(), &results);
  ENSURE_NAPI_OK_RETVAL(env, nstatus, nullptr);
  TF_AutoStatus tf_status;
  for (size_t i = 0; i < names.size(); i++) {
    TF_Output output;
    if (!FindOutput(env, graph.get(), names[i], &output)) return nullptr;
    const int rank =
        TF_GraphGetTensorNumDims(graph.get(), output, tf_status.status);
    ENSURE_TF_OK_RETVAL(env, tf_status, nullptr);
    // An unknown rank is told as one unknown size.
    std::vector<int64_t> sizes(rank < 0 ? 1 : rank, -1);
    if (rank > 0) {
      TF_GraphGetTensorShape(graph.get(), output, sizes.data(), rank,
                             tf_status.status);
      ENSURE_TF_OK_RETVAL(env, tf_status, nullptr);
    }
    napi_value result, shape, dtype;
    nstatus = napi_create_object(env, &result);
    ENSURE_NAPI_OK_RETVAL(env, nstatus, nullptr);
    nstatus = napi_create_array_with_length(env, sizes.size(), &shape);
    ENSURE_NAPI_OK_RETVAL(env, nstatus, nullptr);
    for (size_t axis = 0; axis < sizes.size(); axis++) {
      napi_value size;
      nstatus = napi_create_int64(env, sizes[axis], &size);
      ENSURE_NAPI_OK_RETVAL(env, nstatus, nullptr);
      nstatus = napi_set_element(env, shape, axis, size);
      ENSURE_NAPI_OK_RETVAL(env, nstatus, nullptr);
    }
    nstatus = napi_create_int32(env, TF_OperationOutputType(output), &dtype);
    ENSURE_NAPI_OK_RETVAL(env, nstatus, nullptr);
    nstatus = napi_set_named_property(env, result, "shape", shape);
    ENSURE_NAPI_OK_RETVAL(env, nstatus, nullptr);
    nstatus = napi_set_named_property(env, result, "dtype", dtype);
    ENSURE_NAPI_OK_RETVAL(env, nstatus, nullptr);
    nstatus = napi_set_element(env, results, i, result);
    ENSURE_NAPI_OK_RETVAL(env, nstatus, nullptr);
  }
  return results;
}

void TFJSBackend::AddFunction(napi_env env, napi_value name_value,
                              napi_value graph_value, napi_value inputs_value,
                              napi_value outputs_value) {
  std::string name;
  napi_status nstatus = GetStringParam(env, name_value, name);
  ENSURE_NAPI_OK(env, nstatus);
  std::vector<std::string> input_names, output_names;
  if (!ReadNames(env, inputs_value, input_names)) return;
  if (!ReadNames(env, outputs_value, output_names)) return;
  OwnedGraph graph = ImportGraph(env, graph_value);
  if (!graph) return;

  TF_AutoStatus tf_status;
  std::vector<TF_Output> inputs(input_names.size());
  std::vector<TF_Output> outputs(output_names.size());
  for (size_t i = 0; i < inputs.size(); i++) {
    if (!FindOutput(env, graph.get(), input_names[i], &inputs[i])) return;
  }
  for (size_t i = 0; i < outputs.size(); i++) {
    if (!FindOutput(env, graph.get(), output_names[i], &outputs[i])) return;
  }
  std::unique_ptr<TF_Function, decltype(&TF_DeleteFunction)> function(
      TF_GraphToFunction(graph.get(), name.c_str(), 0, -1, nullptr,
                         inputs.size(), inputs.data(), outputs.size(),
                         outputs.data(), nullptr, nullptr, nullptr,
                         tf_status.status),
      TF_DeleteFunction);
  ENSURE_TF_OK(env, tf_status);
  TFE_ContextAddFunction(tfe_context_, function.get(), tf_status.status);
  ENSURE_TF_OK(env, tf_status);
}

void TFJSBackend::RemoveFunction(napi_env env, napi_value name_value) {
  std::string name;
  napi_status nstatus = GetStringParam(env, name_value, name);
  ENSURE_NAPI_OK(env, nstatus);
  TF_AutoStatus tf_status;
  TFE_ContextRemoveFunction(tfe_context_, name.c_str(), tf_status.status);
  ENSURE_TF_OK(env, tf_status);
}

`,
  },
  {
    file: 'binding/tfjs_binding.cc',
    before: 'static napi_value LoadSavedModel(napi_env env, napi_callback_info info) {',
    text: `static napi_value AddFunction(napi_env env, napi_callback_info info) {
  size_t argc = 4;
  napi_value args[4];
  napi_status nstatus =
      napi_get_cb_info(env, info, &argc, args, nullptr, nullptr);
  ENSURE_NAPI_OK_RETVAL(env, nstatus, nullptr);
  if (argc < 4) {
    NAPI_THROW_ERROR(env, "addFunction() wants 4 arguments, got %d.",
                     static_cast<int>(argc));
    return nullptr;
  }
  TFJSBackend *const backend = GetTFJSBackend(env);
  if (backend) backend->AddFunction(env, args[0], args[1], args[2], args[3]);
  return nullptr;
}

static napi_value InferOutputs(napi_env env, napi_callback_info info) {
  size_t argc = 2;
  napi_value args[2];
  napi_status nstatus =
      napi_get_cb_info(env, info, &argc, args, nullptr, nullptr);
  ENSURE_NAPI_OK_RETVAL(env, nstatus, nullptr);
  TFJSBackend *const backend = GetTFJSBackend(env);
  if (!backend || argc < 2) return nullptr;
  return backend->InferOutputs(env, args[0], args[1]);
}

static napi_value RemoveFunction(napi_env env, napi_callback_info info) {
  size_t argc = 1;
  napi_value args[1];
  napi_status nstatus =
      napi_get_cb_info(env, info, &argc, args, nullptr, nullptr);
  ENSURE_NAPI_OK_RETVAL(env, nstatus, nullptr);
  TFJSBackend *const backend = GetTFJSBackend(env);
  if (backend && argc == 1) backend->RemoveFunction(env, args[0]);
  return nullptr;
}

`,
  },
  {
    file: 'binding/tfjs_binding.cc',
    before: '      {"loadSavedModel", nullptr, LoadSavedModel, nullptr, nullptr, nullptr,',
    text: `      {"addFunction", nullptr, AddFunction, nullptr, nullptr, nullptr,
       napi_default, nullptr},
      {"inferOutputs", nullptr, InferOutputs, nullptr, nullptr, nullptr,
       napi_default, nullptr},
      {"removeFunction", nullptr, RemoveFunction, nullptr, nullptr, nullptr,
       napi_default, nullptr},
`,
  },
  ...COLLECTIVES_PATCH,
];

/**
 * Applies the insertions that concern one file.
 * @throws Error when a place to insert at is missing or not the only one, that is, when the package is another version
 */
export function patchSource(file: string, source: string): string {
  let patched = source;
  for (const { before, text } of BINDING_PATCH.filter((insertion) => insertion.file === file)) {
    const parts = patched.split(before);
    if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} places to patch where 1 was expected.`);
    patched = `${parts[0]}${text}${before}${parts[1]}`;
  }
  return patched;
}
