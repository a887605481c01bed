import type { Insertion } from '../binding-patch.ts';

/**
 * What several processes need of the binding: the collective operations of TensorFlow's runtime, and operations that run on a thread of
 * libuv's pool, because one that waits for other processes would stop the event loop for as long.
 */
export const COLLECTIVES_PATCH: readonly Insertion[] = [
  {
    file: 'binding/tfjs_backend.h',
    before: ' private:\n  TFJSBackend(napi_env env);',
    text: `  // Starts the server of a ServerDef (Uint8Array): from then on collective operations meet those of the other processes.
  void EnableCollectives(napi_env env, napi_value server_def_value);

  // Lets the collective operations in flight, and all later ones, fail with this message.
  void AbortCollectives(napi_env env, napi_value message_value);

  // Promises what is wrong with the process of this task; an empty string if it answers in time.
  napi_value CheckPeer(napi_env env, napi_value task_value,
                       napi_value timeout_value);

  // As ExecuteOp, on another thread; returns a promise.
  napi_value ExecuteOpAsync(napi_env env, napi_value op_name_value,
                            napi_value op_attr_inputs,
                            napi_value input_tensor_ids,
                            napi_value num_output_values);

`,
  },
  {
    file: 'binding/tfjs_backend.h',
    before: '  TFE_Context *tfe_context_;',
    text: `  struct PendingOp;
  static void RunPendingOp(napi_env env, void *data);
  static void CompletePendingOp(napi_env env, napi_status status, void *data);
  napi_value ExecuteLater(napi_env env, TFE_Op *tfe_op, int num_outputs);

  // Whether ExecuteOp leaves the operation to another thread.
  bool later_ = false;
`,
  },
  {
    file: 'binding/tfjs_backend.cc',
    before: '#include "tensorflow/c/eager/c_api.h"\n',
    text: '#include "tensorflow/c/c_api_experimental.h"\n',
  },
  {
    file: 'binding/tfjs_backend.cc',
    before: '  // Push `nullptr` to get a valid pointer in the call to `TFE_Execute()`\n',
    text: `  if (later_) {
    TFE_Op *op = tfe_op.op;
    tfe_op.op = nullptr;
    return ExecuteLater(env, op, num_outputs);
  }

`,
  },
  {
    file: 'binding/tfjs_backend.cc',
    before: '/* Helper function to generate TensorInfo(used for JavaScript) from\n',
    text: `struct TFJSBackend::PendingOp {
  TFJSBackend *backend;
  TFE_Op *op;
  std::vector<TFE_TensorHandle *> results;
  TF_AutoStatus tf_status;
  napi_deferred deferred;
  napi_async_work work;
};

static napi_value CreateError(napi_env env, const char *message) {
  napi_value text, error;
  napi_status nstatus =
      napi_create_string_utf8(env, message, NAPI_AUTO_LENGTH, &text);
  ENSURE_NAPI_OK_RETVAL(env, nstatus, nullptr);
  nstatus = napi_create_error(env, nullptr, text, &error);
  ENSURE_NAPI_OK_RETVAL(env, nstatus, nullptr);
  return error;
}

napi_value TFJSBackend::ExecuteOpAsync(napi_env env, napi_value op_name_value,
                                       napi_value op_attr_inputs,
                                       napi_value input_tensor_ids,
                                       napi_value num_output_values) {
  later_ = true;
  napi_value promise = ExecuteOp(env, op_name_value, op_attr_inputs,
                                 input_tensor_ids, num_output_values);
  later_ = false;
  return promise;
}

napi_value TFJSBackend::ExecuteLater(napi_env env, TFE_Op *tfe_op,
                                     int num_outputs) {
  PendingOp *pending = new PendingOp{this, tfe_op};
  pending->results.assign(num_outputs, nullptr);
  napi_value promise, name;
  napi_status nstatus =
      napi_create_promise(env, &pending->deferred, &promise);
  ENSURE_NAPI_OK_RETVAL(env, nstatus, nullptr);
  nstatus = napi_create_string_utf8(env, "TFE_Execute", NAPI_AUTO_LENGTH, &name);
  ENSURE_NAPI_OK_RETVAL(env, nstatus, nullptr);
  nstatus = napi_create_async_work(env, nullptr, name, RunPendingOp,
                                   CompletePendingOp, pending, &pending->work);
  ENSURE_NAPI_OK_RETVAL(env, nstatus, nullptr);
  nstatus = napi_queue_async_work(env, pending->work);
  ENSURE_NAPI_OK_RETVAL(env, nstatus, nullptr);
  return promise;
}

void TFJSBackend::RunPendingOp(napi_env env, void *data) {
  PendingOp *pending = static_cast<PendingOp *>(data);
  int size = pending->results.size();
  TFE_Execute(pending->op, pending->results.data(), &size,
              pending->tf_status.status);
}

void TFJSBackend::CompletePendingOp(napi_env env, napi_status status,
                                    void *data) {
  std::unique_ptr<PendingOp> pending(static_cast<PendingOp *>(data));
  TFE_DeleteOp(pending->op);
  napi_delete_async_work(env, pending->work);
  if (status != napi_ok) return;  // the environment is being torn down
  if (TF_GetCode(pending->tf_status.status) != TF_OK) {
    napi_value error =
        CreateError(env, TF_Message(pending->tf_status.status));
    if (error) napi_reject_deferred(env, pending->deferred, error);
    return;
  }
  napi_value infos;
  napi_status nstatus =
      napi_create_array_with_length(env, pending->results.size(), &infos);
  ENSURE_NAPI_OK(env, nstatus);
  for (size_t i = 0; i < pending->results.size(); i++) {
    napi_value info = pending->backend->GenerateOutputTensorInfo(
        env, pending->results[i]);
    nstatus = napi_set_element(env, infos, i, info);
    ENSURE_NAPI_OK(env, nstatus);
  }
  napi_resolve_deferred(env, pending->deferred, infos);
}

void TFJSBackend::EnableCollectives(napi_env env,
                                    napi_value server_def_value) {
  napi_typedarray_type array_type;
  size_t length;
  void *data;
  napi_status nstatus = napi_get_typedarray_info(
      env, server_def_value, &array_type, &length, &data, nullptr, nullptr);
  ENSURE_NAPI_OK(env, nstatus);
  TF_AutoStatus tf_status;
  TFE_EnableCollectiveOps(tfe_context_, data, length, tf_status.status);
  ENSURE_TF_OK(env, tf_status);
  // Devices have new names now, and createTensor copies to the one that is in use.
  std::unique_ptr<TF_DeviceList, decltype(&TF_DeleteDeviceList)> devices(
      TFE_ContextListDevices(tfe_context_, tf_status.status),
      TF_DeleteDeviceList);
  ENSURE_TF_OK(env, tf_status);
  const char *wanted = is_gpu_device ? "GPU" : "CPU";
  for (int i = 0; i < TF_DeviceListCount(devices.get()); i++) {
    const char *type =
        TF_DeviceListType(devices.get(), i, tf_status.status);
    ENSURE_TF_OK(env, tf_status);
    if (strcmp(type, wanted) != 0) continue;
    device_name = TF_DeviceListName(devices.get(), i, tf_status.status);
    ENSURE_TF_OK(env, tf_status);
  }
}

void TFJSBackend::AbortCollectives(napi_env env, napi_value message_value) {
  std::string message;
  napi_status nstatus = GetStringParam(env, message_value, message);
  ENSURE_NAPI_OK(env, nstatus);
  TF_AutoStatus reason;
  TF_SetStatus(reason.status, TF_ABORTED, message.c_str());
  TFE_AbortCollectiveOps(tfe_context_, reason.status);
}

struct PendingCheck {
  TFE_Context *context;
  std::string task;
  int64_t timeout_ms;
  TF_AutoStatus tf_status;
  napi_deferred deferred;
  napi_async_work work;
};

napi_value TFJSBackend::CheckPeer(napi_env env, napi_value task_value,
                                  napi_value timeout_value) {
  std::unique_ptr<PendingCheck> check(new PendingCheck{tfe_context_});
  napi_status nstatus = GetStringParam(env, task_value, check->task);
  ENSURE_NAPI_OK_RETVAL(env, nstatus, nullptr);
  nstatus = napi_get_value_int64(env, timeout_value, &check->timeout_ms);
  ENSURE_NAPI_OK_RETVAL(env, nstatus, nullptr);
  napi_value promise, name;
  nstatus = napi_create_promise(env, &check->deferred, &promise);
  ENSURE_NAPI_OK_RETVAL(env, nstatus, nullptr);
  nstatus = napi_create_string_utf8(env, "CheckPeer", NAPI_AUTO_LENGTH, &name);
  ENSURE_NAPI_OK_RETVAL(env, nstatus, nullptr);
  nstatus = napi_create_async_work(
      env, nullptr, name,
      [](napi_env env, void *data) {
        PendingCheck *check = static_cast<PendingCheck *>(data);
        TFE_CollectiveOpsCheckPeerHealth(check->context, check->task.c_str(),
                                         check->timeout_ms,
                                         check->tf_status.status);
      },
      [](napi_env env, napi_status status, void *data) {
        std::unique_ptr<PendingCheck> check(static_cast<PendingCheck *>(data));
        napi_delete_async_work(env, check->work);
        if (status != napi_ok) return;  // the environment is being torn down
        const bool ok = TF_GetCode(check->tf_status.status) == TF_OK;
        const std::string message = TF_Message(check->tf_status.status);
        napi_value problem;
        napi_status nstatus = napi_create_string_utf8(
            env, ok ? "" : message.empty() ? "no answer" : message.c_str(),
            NAPI_AUTO_LENGTH, &problem);
        ENSURE_NAPI_OK(env, nstatus);
        napi_resolve_deferred(env, check->deferred, problem);
      },
      check.get(), &check->work);
  ENSURE_NAPI_OK_RETVAL(env, nstatus, nullptr);
  nstatus = napi_queue_async_work(env, check->work);
  ENSURE_NAPI_OK_RETVAL(env, nstatus, nullptr);
  check.release();
  return promise;
}

`,
  },
  {
    file: 'binding/tfjs_binding.cc',
    before: 'static napi_value IsUsingGPUDevice(napi_env env, napi_callback_info info) {',
    text: `static napi_value ExecuteOpAsync(napi_env env, napi_callback_info info) {
  size_t argc = 4;
  napi_value args[4];
  napi_status nstatus =
      napi_get_cb_info(env, info, &argc, args, nullptr, nullptr);
  ENSURE_NAPI_OK_RETVAL(env, nstatus, nullptr);
  TFJSBackend *const backend = GetTFJSBackend(env);
  if (!backend || argc < 4) return nullptr;
  return backend->ExecuteOpAsync(env, args[0], args[1], args[2], args[3]);
}

static napi_value EnableCollectives(napi_env env, napi_callback_info info) {
  size_t argc = 1;
  napi_value args[1];
  napi_status nstatus =
      napi_get_cb_info(env, info, &argc, args, nullptr, nullptr);
  ENSURE_NAPI_OK_RETVAL(env, nstatus, nullptr);
  TFJSBackend *const backend = GetTFJSBackend(env);
  if (backend && argc == 1) backend->EnableCollectives(env, args[0]);
  return nullptr;
}

static napi_value AbortCollectives(napi_env env, napi_callback_info info) {
  size_t argc = 1;
  napi_value args[1];
  napi_status nstatus =
      napi_get_cb_info(env, info, &argc, args, nullptr, nullptr);
  ENSURE_NAPI_OK_RETVAL(env, nstatus, nullptr);
  TFJSBackend *const backend = GetTFJSBackend(env);
  if (backend && argc == 1) backend->AbortCollectives(env, args[0]);
  return nullptr;
}

static napi_value CheckPeer(napi_env env, napi_callback_info info) {
  size_t argc = 2;
  napi_value args[2];
  napi_status nstatus =
      napi_get_cb_info(env, info, &argc, args, nullptr, nullptr);
  ENSURE_NAPI_OK_RETVAL(env, nstatus, nullptr);
  TFJSBackend *const backend = GetTFJSBackend(env);
  if (!backend || argc < 2) return nullptr;
  return backend->CheckPeer(env, args[0], args[1]);
}

`,
  },
  {
    file: 'binding/tfjs_binding.cc',
    before: '      {"loadSavedModel", nullptr, LoadSavedModel, nullptr, nullptr, nullptr,',
    text: `      {"executeOpAsync", nullptr, ExecuteOpAsync, nullptr, nullptr, nullptr,
       napi_default, nullptr},
      {"enableCollectives", nullptr, EnableCollectives, nullptr, nullptr,
       nullptr, napi_default, nullptr},
      {"abortCollectives", nullptr, AbortCollectives, nullptr, nullptr,
       nullptr, napi_default, nullptr},
      {"checkPeer", nullptr, CheckPeer, nullptr, nullptr, nullptr,
       napi_default, nullptr},
`,
  },
];
