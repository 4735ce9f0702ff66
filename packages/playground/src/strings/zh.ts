import type { Strings } from "./strings.js";

export const zh: Strings = {
  name: "简体中文",
  language: "语言",
  intro:
    "梯度是什么，怎样用数值微分求出梯度，神经网络又怎样靠它学习：动手体验《深度学习入门》第 4 章。所有计算都在本页面中进行。",
  parts: { differences: "数值微分", descent: "梯度下降法", training: "学习与手写数字" },
  share: { copy: "复制当前状态的链接", copied: "已复制" },
  differences: {
    title: "数值微分",
    intro:
      "导数是切线的斜率。数值微分用割线的斜率来代替它：前向差分的割线经过 x 与 x + h，中心差分的割线经过 x − h 与 x + h。",
    task: "请逐步减小 h。误差会一直变小吗？试着找出误差最小的 h。",
    f: "函数 f(x)",
    own: "自己输入的函数",
    wrong: (position) => `第 ${position} 个字符之后无法识别。例如：x^2 + sin(x)`,
    undefinedHere: "f 在这一点没有定义或不可导，请移动 x。",
    x: "点 x",
    h: "微小值 h",
    tangent: "切线",
    forward: "前向差分",
    central: "中心差分",
    derivative: "真实的导数 f′(x)",
    quotient: "差商",
    error: "误差",
    plot: "函数及其在点 x 处的切线和割线",
    errorPlot: "误差随 h 的变化（双对数坐标）",
    truncation: "截断误差",
    rounding: "舍入误差",
    regimes: {
      truncation: "此时截断误差占主导：割线还没有贴近切线。h 缩小到十分之一，中心差分的误差大约缩小到百分之一。",
      rounding:
        "此时舍入误差占主导：f(x + h) 与 f(x − h) 的高位数字几乎全部相同，相减之后只剩下经过舍入的低位数字。h 越小，误差反而越大。",
      balance: "两种误差大致相当：换用别的 h，中心差分也不会明显更精确。",
      lost: "h 丢失了：在 float64 中，x + h 与 x 是同一个数，差商不再反映 f 的任何信息。",
    },
  },
  descent: {
    title: "梯度下降法",
    intro:
      "梯度下降法沿着梯度的反方向一步步更新：x ← x − η · ∂f/∂x。点击图中任意一点，就从那里出发。路径会保留下来，便于比较不同的学习率：" +
      "学习率过大会发散，过小则几乎不前进。",
    surface: "函数",
    surfaces: { bowl: "碗形", valley: "狭长的碗形", saddle: "鞍点", rosenbrock: "Rosenbrock 函数" },
    rate: "学习率 η",
    again: "开始下降",
    clear: "清除路径",
    map: "函数的等高线图，可在图上选择起点",
    keys: "键盘操作：方向键移动起点，按 Enter 从该点下降。",
    paths: "路径",
    none: "还没有路径。",
    outcomes: {
      arrived: "已到达（梯度几乎为 0）",
      diverged: "发散（步幅越来越大）",
      crawled: "几乎没有前进",
      underway: "仍在途中",
    },
    steps: (count) => `更新 ${count} 次`,
  },
  weight: {
    title: "一个权重",
    intro:
      "数值微分每次只改变一个权重：先减 h，再加 h，观察 100 张训练图像的损失函数 L 如何变化。点击图像选择像素，在输入框或下方的图中选择隐藏层单元。只有标出的数字不同。",
    unit: "隐藏层单元",
    picture: "隐藏层单元的输入权重，点击可选择像素",
    keys: "键盘操作：用方向键选择像素。",
    place: (row, column) => `来自第 ${row} 行、第 ${column} 列像素的权重`,
    value: "权重 w",
    backprop: "误差反向传播法的值",
    difference: "两者之差",
    rest: (count) => `……每次更新还要对其余 ${count} 个参数做同样的计算。`,
  },
};
