import type { Strings } from "./strings.js";

export const ko: Strings = {
  name: "한국어",
  language: "언어",
  intro:
    "기울기란 무엇이고 수치 미분으로 어떻게 구하며, 신경망은 그것으로 어떻게 학습할까요? 『밑바닥부터 시작하는 딥러닝』 4장을 직접 확인해 보는 페이지입니다. 모든 계산은 이 페이지 안에서 이루어집니다.",
  parts: { differences: "수치 미분", descent: "경사 하강법", training: "학습과 손글씨 숫자" },
  share: { copy: "현재 상태의 링크 복사", copied: "복사했습니다" },
  differences: {
    title: "수치 미분",
    intro:
      "미분은 접선의 기울기입니다. 수치 미분에서는 그 대신 두 점을 지나는 할선의 기울기를 구합니다. 전방 차분은 x와 x + h를, " +
      "중심 차분은 x − h와 x + h를 지납니다.",
    task: "h를 조금씩 줄여 보세요. 오차가 계속 줄어들까요? 오차가 가장 작아지는 h를 찾아보세요.",
    f: "함수 f(x)",
    own: "직접 입력하는 함수",
    wrong: (position) => `${position}번째 글자 다음을 읽을 수 없습니다. 예: x^2 + sin(x)`,
    undefinedHere: "이 점에서는 f의 값이나 기울기가 정의되지 않습니다. x를 옮겨 보세요.",
    x: "점 x",
    h: "아주 작은 값 h",
    tangent: "접선",
    forward: "전방 차분",
    central: "중심 차분",
    derivative: "실제 미분 f′(x)",
    quotient: "차분 몫",
    error: "오차",
    plot: "함수와 점 x에서의 접선 및 할선",
    errorPlot: "h에 따른 오차 (양쪽 로그 눈금)",
    truncation: "절단 오차",
    rounding: "반올림 오차",
    regimes: {
      truncation:
        "절단 오차가 지배적입니다. 할선이 아직 접선과 다릅니다. h를 10분의 1로 줄이면 중심 차분의 오차는 약 100분의 1이 됩니다.",
      rounding:
        "반올림 오차가 지배적입니다. f(x + h)와 f(x − h)는 윗자리 숫자가 거의 같아서, 빼고 나면 반올림된 아랫자리만 남습니다. " +
        "h를 줄일수록 오차가 커집니다.",
      balance: "두 오차가 거의 균형을 이룹니다. 다른 h를 써도 중심 차분이 크게 더 정확해지지 않습니다.",
      lost: "h가 사라졌습니다. float64에서 x + h는 x와 같은 수이므로, 차분 몫은 f에 대해 아무것도 말해 주지 않습니다.",
    },
  },
  descent: {
    title: "경사 하강법",
    intro:
      "경사 하강법은 기울기의 반대 방향으로 조금씩 나아갑니다: x ← x − η · ∂f/∂x. 그림을 클릭하면 그 점에서 시작합니다. " +
      "경로가 남아 있어 학습률을 비교할 수 있습니다. 학습률이 너무 크면 발산하고, 너무 작으면 거의 나아가지 못합니다.",
    surface: "함수",
    surfaces: { bowl: "그릇 모양", valley: "길쭉한 그릇 모양", saddle: "안장점", rosenbrock: "로젠브록 함수" },
    rate: "학습률 η",
    again: "하강하기",
    clear: "경로 지우기",
    map: "함수의 등고선 (경로의 시작점을 고르는 그림)",
    keys: "키보드: 화살표 키로 시작점을 옮기고 Enter로 하강합니다.",
    paths: "경로",
    none: "아직 경로가 없습니다.",
    outcomes: {
      arrived: "도달 (기울기가 거의 0)",
      diverged: "발산 (갱신 폭이 점점 커짐)",
      crawled: "거의 나아가지 못함",
      underway: "아직 진행 중",
    },
    steps: (count) => `${count}번 갱신`,
  },
  weight: {
    title: "가중치 하나",
    intro:
      "수치 미분은 가중치를 하나씩 −h, +h만큼 움직여 훈련 이미지 100장의 손실 함수 L이 어떻게 변하는지 봅니다. 그림을 클릭해 픽셀을, 입력란이나 아래 그림에서 은닉층 뉴런을 고르세요. 표시된 자릿수만 서로 다릅니다.",
    unit: "은닉층 뉴런",
    picture: "은닉층 뉴런으로 들어오는 가중치 (클릭하면 픽셀을 고릅니다)",
    keys: "키보드: 화살표 키로 픽셀을 고릅니다.",
    place: (row, column) => `${row}행 ${column}열 픽셀에서 오는 가중치`,
    value: "가중치 w",
    backprop: "오차역전파법의 값",
    difference: "두 값의 차이",
    rest: (count) => `… 갱신할 때마다 나머지 매개변수 ${count}개에도 똑같이 합니다.`,
  },
};
