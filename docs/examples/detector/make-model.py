"""Writes red.onnx: how red each block of 20 x 20 pixels is, from 0 to 1. Put a real detector in its place."""
import onnx
from onnx import TensorProto, helper

weights = helper.make_tensor("weights", TensorProto.FLOAT, [1, 3, 1, 1], [16.0, -16.0, -16.0])
bias = helper.make_tensor("bias", TensorProto.FLOAT, [1], [-8.0])
nodes = [
    helper.make_node("Conv", ["picture", "weights", "bias"], ["redness"]),
    helper.make_node("Sigmoid", ["redness"], ["red"]),
    helper.make_node("AveragePool", ["red"], ["blocks"], kernel_shape=[20, 20], strides=[20, 20]),
]
graph = helper.make_graph(
    nodes, "red",
    [helper.make_tensor_value_info("picture", TensorProto.FLOAT, [1, 3, "height", "width"])],
    [helper.make_tensor_value_info("blocks", TensorProto.FLOAT, [1, 1, "rows", "columns"])],
    [weights, bias])
onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), "red.onnx")
