import type { Lesson } from "./lesson.js";

export const lesson: Lesson = {
  title: "The chapter in seven questions",
  intro:
    "Predict first, and then read on: an answer appears when you choose one, or when you scroll to it. Each button below an answer sets the controls of the part in question.",
  right: "Right.",
  wrong: "Not so.",
  tryIt: "Try it in the page",
  stops: {
    secant: {
      title: "1. Which secant?",
      text: "The derivative of sin(x) at x = 1 is the slope of the tangent, cos(1) = 0.5403. The forward difference takes the secant through x and x\u00a0+\u00a0h, the central difference the one through x\u00a0−\u00a0h and x\u00a0+\u00a0h. Here h = 1, far too large, so that both can be seen.",
      question: "Whose slope is nearer to the tangent’s?",
      choices: ["That of the forward difference", "That of the central difference", "Both are equally near"],
      answer:
        "The central difference: its slope is 0.455, that of the forward difference only 0.068. To the left and to the right of x the curve bends in the same way, and the errors nearly cancel.",
    },
    order: {
      title: "2. A smaller h",
      text: "With h = 0.1 the central difference is wrong by 9.0 × 10⁻⁴. Now h becomes ten times smaller.",
      question: "How large is the error with h = 0.01?",
      choices: ["About 9 × 10⁻⁵", "About 9 × 10⁻⁶", "About as large as before"],
      answer:
        "About 9 × 10⁻⁶: the truncation error of the central difference falls with h², so it becomes a hundred times smaller. On logarithmic axes that is a straight line with the slope 2. That of the forward difference falls only with h.",
    },
    rounding: {
      title: "3. The smaller, the better?",
      text: "A computer stores a number with about 16 digits. f(x\u00a0+\u00a0h) and f(x\u00a0−\u00a0h) are nearly the same number, and their difference keeps only the digits in which they differ.",
      question: "What does h = 10⁻¹² give instead of h = 10⁻⁴?",
      choices: ["A much smaller error", "About the same error", "A much larger error"],
      answer:
        "A much larger error: rounding errors are divided by 2h, so they grow as h falls. Between truncation and rounding lies an h that is best, near 10⁻⁵. The book’s h = 10⁻⁴ is a good choice, 10⁻¹² is not.",
    },
    rate: {
      title: "4. How long a step?",
      text: "The gradient points uphill, so gradient descent steps against it: x ← x − η · ∂f/∂x. In an elongated bowl a learning rate of 0.9 goes to and fro across the valley, and arrives.",
      question: "What does a slightly larger rate do, η = 1.05?",
      choices: ["It arrives sooner", "It crawls", "It diverges"],
      answer:
        "It diverges: across the valley each step ends 1.1 times as far on the other side. A rate of 0.01 is still on its way after 200 steps. The learning rate is a hyperparameter, which people choose and no gradient tells.",
    },
    count: {
      title: "5. What a gradient costs",
      text: "A function of many weights has a partial derivative for each of them. The central difference moves one weight by +h and by −h and leaves the others as they are.",
      question: "How often is the loss computed for the gradient of three weights?",
      choices: ["3 times", "4 times", "6 times"],
      answer:
        "6 times, twice for each weight. The network of the book has 39,760 weights and biases: 79,520 losses for one update. Backpropagation needs one pass forward and one back.",
    },
    digits: {
      title: "6. One weight of 39,760",
      text: "In the network below one weight is moved by h = 10⁻⁴, and the loss of 100 images is computed on both sides.",
      question: "In how many leading digits do the two losses agree?",
      choices: ["In about 2", "In about 4", "In 6 or more"],
      answer:
        "In 6 or more: one weight among 39,760 hardly matters. About half of the 16 digits are left for the quotient, and it agrees with backpropagation in five or six of them. That is enough to learn, and enough to check backpropagation.",
    },
    both: {
      title: "7. Two ways to learn",
      text: "Two copies of the network start from the same weights and see the same batches. One follows the gradient by central differences, the other that by backpropagation.",
      question: "How far are their losses apart after a thousand updates?",
      choices: ["By some per cent", "By less than a thousandth", "Not at all"],
      answer:
        "By less than a thousandth: both learn the same. The numerical gradient is simple, and it is how a gradient by backpropagation is checked. Written as in the book it is slow: 20 to 40 seconds for one update in NumPy. This page computes the same quotients without repeating what stays the same, so its step takes only a few times as long as one by backpropagation.",
    },
  },
};
