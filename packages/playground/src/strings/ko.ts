import { lesson } from "./lesson/ko.js";
import type { Strings } from "./strings.js";

export const ko: Strings = {
  name: "한국어",
  language: "언어",
  intro:
    "기울기란 무엇이고 수치 미분으로 어떻게 구하며, 신경망은 그것으로 어떻게 학습할까요? 『밑바닥부터 시작하는 딥러닝』 4장을 직접 확인해 보는 페이지입니다. 모든 계산은 이 페이지 안에서 이루어집니다.",
  parts: {
    lesson: "일곱 가지 질문",
    differences: "수치 미분",
    descent: "경사 하강법",
    toy: "가중치 세 개",
    training: "학습과 손글씨 숫자",
  },
  share: { copy: "현재 설정의 링크 복사", copied: "복사했습니다", refused: "주소창에서 복사하세요" },
  differences: {
    title: "수치 미분",
    intro:
      "미분은 접선의 기울기입니다. 수치 미분에서는 그 대신 두 점을 지나는 할선의 기울기를 구합니다. 전방 차분은 x와 x\u00a0+\u00a0h를, " +
      "중심 차분은 x\u00a0−\u00a0h와 x\u00a0+\u00a0h를 지납니다.",
    task: "h를 조금씩 줄여 보세요. 오차가 계속 줄어들까요? 오차가 가장 작아지는 h를 찾아보세요.",
    f: "함수 f(x)",
    own: "직접 입력하는 함수",
    wrong: (position) => `${position}번째 글자 다음을 읽을 수 없습니다. 예: x^2 + sin(x)`,
    undefinedHere:
      "이 점이나 그 옆에서 f의 값이, 또는 이 점에서 기울기가 정의되지 않습니다. x를 옮기거나 h를 줄여 보세요.",
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
    errorHint: "그림을 가리키면 그 h에서의 오차를 읽을 수 있고, 누르면 그 h를 씁니다.",
    truncation: "절단 오차",
    rounding: "반올림 오차",
    regimes: {
      truncation:
        "절단 오차가 지배적입니다. 할선이 아직 접선과 다릅니다. h를 10분의 1로 줄이면 중심 차분의 오차는 약 100분의 1이 됩니다.",
      rounding:
        "반올림 오차가 지배적입니다. f(x\u00a0+\u00a0h)와 f(x\u00a0−\u00a0h)는 윗자리 숫자가 거의 같아서, 빼고 나면 반올림된 아랫자리만 남습니다. " +
        "h를 줄일수록 오차가 커집니다.",
      balance: "두 오차가 거의 균형을 이룹니다. 다른 h를 써도 중심 차분이 크게 더 정확해지지 않습니다.",
      exact:
        "여기서는 f의 3계 도함수가 0입니다(포물선에서는 어디서나 0입니다). 그래서 중심 차분에는 h²에 비례하는 절단 오차가 없습니다. " +
        "포물선이라면 반올림 오차만 남고, h가 작을수록 커집니다.",
      lost: "h가 사라졌습니다. float64에서 x\u00a0+\u00a0h는 x와 같은 수이므로, 차분 몫은 f에 대해 아무것도 말해 주지 않습니다.",
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
      "수치 미분은 가중치를 하나씩 +h, −h만큼 움직여 훈련 이미지 100장의 손실 함수 L이 어떻게 변하는지 봅니다. 그림을 클릭해 픽셀을, 입력란이나 아래 그림에서 은닉층 뉴런을 고르세요. 표시된 자릿수만 서로 다릅니다.",
    unit: "은닉층 뉴런",
    picture: "은닉층 뉴런으로 들어오는 가중치 (클릭하면 픽셀을 고릅니다)",
    keys: "키보드: 화살표 키로 픽셀을 고릅니다.",
    place: (row, column) => `${row}행 ${column}열 픽셀에서 오는 가중치`,
    value: "가중치 w",
    backprop: "오차역전파법의 값",
    difference: "두 값의 차이",
    rest: (count) => `… 갱신할 때마다 나머지 매개변수 ${count}개에도 똑같이 합니다.`,
  },
  page: {
    parts: "차례",
    failed: "오류가 발생했습니다",
    tryAgain: "다시 시도",
    training: "학습",
    trainingTitle: "학습과 손글씨 숫자",
    trainingIntro:
      "똑같은 신경망 두 개가 같은 가중치 초깃값과 같은 MNIST 미니배치로 나란히 숫자 인식을 학습합니다. 하나는 중심 차분으로, 다른 하나는 " +
      "오차역전파법으로 기울기를 구합니다. 둘 다 이 페이지 안에서 WebAssembly로 계산합니다.",
    step: "한 번 갱신",
    stepHint: "두 신경망을 한 번씩 갱신합니다",
    resetHint: "가중치 초깃값부터 다시 시작합니다",
    rate: "학습률",
    hiddenUnits: "은닉층 뉴런 수",
    batchSize: "배치 크기",
    seed: "난수 시드",
    h: "아주 작은 값 h",
    loading: "MNIST를 불러오는 중",
    numerical: "중심 차분",
    backprop: "오차역전파법",
    backpropFormula: "연쇄법칙에 따라 출력층에서 입력층 방향으로 ∂L/∂w를 구한다",
    steps: "갱신 횟수",
    loss: "손실 함수 값",
    pace: "갱신 한 번의 시간",
    speed: "초당 갱신 횟수",
    lossNote: "미니배치 손실의 이동 평균 (가로축은 갱신 횟수)",
    lossChart: "갱신 횟수에 따른 두 신경망의 손실 함수 값",
    accuracy: "정확도",
    accuracyNote: "두 신경망의 칸에 표시된 이미지에 대해:",
    accuracyChart: "갱신 횟수에 따른 두 신경망의 정확도",
    chartKeys:
      "키보드: 좌우 화살표 키로 한 값씩, Page Up·Page Down 키로 열 값씩, Home·End 키로 양 끝으로 옮깁니다. Esc 키로 끝냅니다.",
    test: "시험",
    train: "훈련",
    drawing: "숫자 쓰기",
    pad: "숫자를 쓰는 곳",
    padKeys: "키보드: 화살표 키로 펜을 옮기고, Space로 펜을 내리거나 들고, Delete로 지웁니다.",
    clear: "지우기",
    random: "시험 이미지 무작위로 고르기",
    wrong: "틀린 이미지 보기",
    preview: "신경망에 입력되는 28 × 28픽셀 이미지",
    answers: "중심 차분과 오차역전파법으로 학습한 신경망이 출력한 확률",
    saveSafetensors: "신경망 저장 (safetensors)",
    saveNpz: "신경망 저장 (npz)",
    load: "신경망 불러오기",
    footer:
      "신경망은 『밑바닥부터 시작하는 딥러닝』(사이토 고키) 4장의 것입니다. 입력은 784개이고, 은닉층은 시그모이드 함수, 출력층은 소프트맥스 함수로 " +
      "열 개 숫자의 확률을 냅니다. 손실 함수는 −log(p + 10⁻⁷)이지만, 오차역전파법은 책과 같이 10⁻⁷을 무시합니다. 그래서 두 결과는 조금씩 " +
      "벌어지고, 학습률이 커서 신경망이 틀린 답을 확신하면 한꺼번에 벌어집니다. 은닉층 가중치는 밝은 픽셀이 뉴런을 활성화하는 곳을 노란색, " +
      "억제하는 곳을 보라색, 영향이 없는 곳을 회색으로 나타냅니다.",
    essay: "글: 수치 미분 기울기가 오차역전파법만큼 빨라지기까지 (영어)",
    api: "패키지 사용법과 API (영어)",
  },
  failure: {
    download: (file) =>
      `MNIST 파일 ${file}을(를) 불러오지 못했습니다. 학습과 손글씨에는 필요하지만 다른 부분은 쓸 수 있습니다.`,
    worker: "워커를 시작하지 못했습니다.",
  },
  training: {
    start: "시작",
    pause: "일시 정지",
    resume: "계속",
    trainOn: "계속 학습",
    reset: "초기화",
    newRun: "새 학습",
    pending: "새 설정은 다음 학습부터 적용됩니다. ‘새 학습’을 누르면 지금 학습은 끝납니다.",
    slow: (h) => `${h} (느림)`,
    range: (low, high) => `${low}~${high}`,
    notUsed: (low, high, kept) =>
      `쓸 수 없는 값입니다. ${low}부터 ${high}까지의 정수를 입력하세요. ${kept}(으)로 계속합니다.`,
    loading: (loaded, total) => `MNIST를 불러오는 중: ${total} MB 중 ${loaded} MB`,
    formula: (count) =>
      `가중치와 편향 ${count}개 각각에 대해 (L(w\u00a0+\u00a0h)\u00a0−\u00a0L(w\u00a0−\u00a0h))\u00a0/\u00a02h`,
    whole: (train, test, when) =>
      `전체 훈련 이미지 60,000장의 정확도 ${train}, 전체 시험 이미지 10,000장의 정확도 ${test} (${when})`,
    afterEpoch: "에폭마다 계산",
    afterStep: (step) => `${step}번 갱신 후`,
    sampleTrain: (count) => `정확도 (훈련 이미지 ${count}장)`,
    sampleTest: (count) => `정확도 (시험 이미지 ${count}장)`,
    incomplete: "MNIST의 나머지 이미지를 불러오지 못했습니다. 처음 이미지만으로 학습합니다.",
    firstImages: (count, isAllHere) =>
      isAllHere
        ? `이 학습은 바로 시작할 수 있도록 처음 훈련 이미지 ${count}장만 씁니다. 이제 60,000장을 모두 불러왔으므로 새 학습부터 모든 이미지를 씁니다.`
        : `훈련 이미지 60,000장 가운데 처음 ${count}장을 불러왔습니다. 이제 학습을 시작할 수 있습니다.`,
    diverged: (step) =>
      `${step}번 갱신한 뒤 학습이 발산했습니다. 값이 더는 유한하지 않습니다. 학습률을 줄이고 다시 시작하세요.`,
    loaded: (units) => `불러왔습니다. 두 신경망 모두 이 가중치(은닉층 뉴런 ${units}개)에서 학습을 이어 갑니다.`,
    badFile:
      "이 파일의 신경망은 쓸 수 없습니다. n이 1부터 200까지일 때 W1 [784, n], b1 [n], W2 [n, 10], b2 [10]이 필요합니다. 아무것도 바뀌지 않았습니다.",
    listing: "첫 갱신을 위해 훈련 이미지를 정리하는 중 …",
    ratio: (factor) => `중심 차분으로 한 번 갱신하는 데 걸리는 시간은 오차역전파법의 ${factor}배입니다. `,
    same: (steps, count) =>
      `${steps === 1 ? "첫 번째 갱신" : `${count}번의 갱신`}에서 두 손실 함수 값은 모든 비트가 같습니다.`,
    differ: (steps, count, difference) =>
      `${steps === 1 ? "첫 번째 갱신" : `${count}번의 갱신`}에서 두 손실 함수 값의 차이는 최대 ${difference}입니다.`,
    threads: (numerical, backprop, isIsolated) =>
      isIsolated
        ? `사용 중인 스레드 수: 중심 차분 ${numerical}, 오차역전파법 ${backprop}.`
        : "사용 중인 스레드 수: 신경망마다 1. 이 서버가 COOP와 COEP 헤더를 보내지 않아 메모리를 공유할 수 없습니다.",
  },
  readout: { at: (step) => `${step}번째 갱신`, latest: "최근 값" },
  pins: {
    title: "고정한 학습",
    pin: "이 학습 고정",
    method: "곡선을 고정할 신경망",
    hint: "고정한 학습의 곡선은 다음 학습을 시작해도 두 그래프에 남습니다.",
    hindrances: {
      full: "이미 네 개를 고정했습니다. 하나를 해제하면 다른 학습을 고정할 수 있습니다.",
      pinned: "이 학습은 고정되어 있습니다. 학습률을 바꾸어 새 학습을 시작하면 비교할 수 있습니다.",
      empty: "첫 갱신이 끝나면 고정할 수 있습니다.",
    },
    unpin: (name) => `고정 해제: ${name}`,
    diverged: (name) => `${name}: 발산`,
    names: {
      rate: (value) => `학습률 ${value}`,
      hiddenSize: (value) => `은닉층 뉴런 ${value}개`,
      batchSize: (value) => `배치 크기 ${value}`,
      seed: (value) => `시드 ${value}`,
      loaded: "불러온 가중치에서 시작",
    },
  },
  drawing: {
    label: (digit) => `시험 이미지이고 정답은 ${digit}입니다. `,
    both: (digit) => `두 신경망 모두 ${digit}(이)라고 답합니다.`,
    differ: (numerical, backprop) => `중심 차분은 ${numerical}, 오차역전파법은 ${backprop}(이)라고 답합니다.`,
    none: "중심 차분 신경망이 그렇게 답하는 시험 이미지가 없습니다.",
  },
  confusion: {
    title: "혼동 행렬",
    intro:
      "중심 차분으로 학습하는 신경망은 어떤 숫자를 어떤 숫자로 잘못 볼까요? 정확도를 재는 시험 이미지의 장수입니다. 칸을 클릭하면 그런 이미지가 그림판에 나타납니다.",
    note: (steps, wrong, all) => `${steps}번 갱신 후: 시험 이미지 ${all}장 중 ${wrong}장을 틀립니다.`,
    axes: "행: 이미지의 정답. 열: 신경망의 답.",
    keys: "키보드: 화살표 키로 칸을 고르고 Enter로 그 이미지를 표시합니다.",
    cell: (label, said, count) => `정답 ${label}, 답 ${said}: ${count} 장`,
  },
  toy: {
    title: "가중치 세 개",
    intro:
      "기울기 전체를 한눈에 볼 수 있는 작은 모델입니다. 포물선 y = w₀ + w₁x + w₂x²와, 점 7개에서의 평균 제곱 오차의 절반인 손실 함수 L입니다. 다른 가중치는 그대로 두고 가중치를 하나씩 h만큼 늘리고 h만큼 줄입니다. 손실 6개로 기울기를 구한 뒤 세 가중치를 한꺼번에 갱신합니다. 이 손실 함수는 가중치마다 포물선이므로, 반올림 오차를 빼면 어떤 h에서도 차분 몫이 정확합니다.",
    move: "다음 동작",
    step: "갱신까지 진행",
    restart: "처음부터",
    plot: "점과 포물선 (점선은 가중치 하나를 h만큼 움직인 포물선)",
    value: "가중치",
    quotient: "차분 몫",
    first: (loss) => `L = ${loss}. 다음 동작에서 w₀에 h를 더합니다.`,
    up: (weight) => `${weight}에 h를 더했습니다. 점선이 그때의 포물선입니다. 다음에는 h를 뺍니다.`,
    down: (weight) =>
      `${weight}에서 h를 뺐습니다. 두 손실로 차분 몫을 구합니다. ${weight}의 값을 되돌리고 다음 가중치로 넘어갑니다.`,
    complete: (weight) =>
      `마지막 가중치 ${weight}까지 끝났습니다. 손실 6개로 기울기가 완성되었습니다. 다음 동작에서 모든 가중치를 갱신합니다.`,
    updated: (steps, loss) => `${steps}번 갱신했습니다: L = ${loss}.`,
  },
  layer: {
    title: "은닉층 뉴런",
    intro:
      "작은 그림은 뉴런 하나로 들어오는 가중치 784개를 픽셀 위치대로 놓은 것입니다. 노란색 픽셀은 뉴런을 활성화하고 보라색 픽셀은 억제합니다. 뉴런을 가리키면 확대한 그림, 활성화 값, 숫자 열 개로 가는 가중치가 나타납니다. 클릭하면 ‘가중치 하나’에서 그 뉴런을 씁니다.",
    shown: "보여 줄 가중치",
    networks: { numerical: "중심 차분", backprop: "오차역전파법", difference: "둘의 차이" },
    afterStep: (steps) => `${steps}번 갱신 후`,
    compared: (steps) =>
      `중심 차분의 가중치에서 오차역전파법의 가중치를 뺀 값입니다 (${steps}번 갱신 후). 일시 정지하면 둘의 갱신 횟수가 같아집니다.`,
    sheet: "모든 은닉층 뉴런으로 들어오는 가중치 W1",
    keys: "키보드: 화살표 키로 뉴런을 고르고, Enter로 ‘가중치 하나’에 씁니다.",
    unit: (unit) => `은닉층 뉴런 ${unit}`,
    incoming: (unit) => `은닉층 뉴런 ${unit}(으)로 들어오는 가중치`,
    noImage: "숫자를 쓰거나 시험 이미지를 고르면 뉴런의 활성화 값이 여기에 나타납니다.",
    activation: (z, a) => `이 이미지에 대한 활성화 값: sigmoid(${z}) = ${a}`,
    activationDifference: (difference) => `이 이미지에 대한 활성화 값의 차이: ${difference}`,
    outgoing: "각 숫자로 가는 가중치",
    pixel: (row, column, weight) => `${row}행 ${column}열: ${weight}`,
    outgoingTitle: "은닉층에서 출력층으로 가는 가중치 W2",
    outgoingPicture: "W2: 열은 은닉층 뉴런, 행은 숫자",
    outgoingKeys: "열은 은닉층 뉴런, 행은 숫자입니다. 키보드: 화살표 키로 가중치를 고릅니다.",
    outgoingWeight: (unit, digit, weight) => `뉴런 ${unit}에서 숫자 ${digit}(으)로 가는 가중치: ${weight}`,
  },
  agreement: {
    title: "두 기울기 비교",
    intro:
      "두 방법의 결과는 얼마나 벌어질까요? 왼쪽은 두 학습의 손실 함수 값의 차이, 오른쪽은 같은 신경망 하나에서 구한 두 기울기입니다.",
    lossTitle: "|ΔL|: 손실 함수 값의 차이",
    lossNote: "갱신마다의 차이이며 세로축은 로그 눈금입니다. 모든 비트가 같으면 가로축 위에 있습니다.",
    lossPicture: "갱신 횟수에 따른 손실 함수 값의 차이 (키보드: 좌우 화살표 키로 갱신을 고릅니다)",
    noSteps: "학습을 시작하거나 한 번 갱신하세요.",
    largestLoss: (steps, difference) => `${steps}번의 갱신 중 최댓값: ${difference}`,
    lossAt: (steps, difference) => `갱신 ${steps}: |ΔL| = ${difference}`,
    gradientTitle: "기울기 대 기울기",
    gradientNote: (steps) =>
      `중심 차분으로 학습한 신경망(${steps}번 갱신 후)의 훈련 이미지 100장에 대한 기울기입니다. 가로축은 오차역전파법으로 구한 원소의 크기입니다.`,
    waiting: "두 기울기를 계산하는 중 …",
    gradientPicture: "두 기울기의 원소 비교 (키보드: 좌우 화살표 키로 원소를 고릅니다)",
    sizes: { numerical: "중심 차분의 크기", backprop: "오차역전파법의 크기", apart: "둘의 차이" },
    largestEntry: (count, zeros, difference) =>
      `원소 ${count}개의 차이는 최대 ${difference}입니다. ${zeros}개는 둘 다 0입니다 (모든 이미지에서 비어 있는 픽셀).`,
    fromPixel: (row, column, unit) => `W1, ${row}행 ${column}열 픽셀에서 뉴런 ${unit}(으)로`,
    biasOfUnit: (unit) => `뉴런 ${unit}의 편향`,
    fromUnit: (unit, digit) => `W2, 뉴런 ${unit}에서 숫자 ${digit}(으)로`,
    biasOfDigit: (digit) => `숫자 ${digit}의 편향`,
    entry: (place, numerical, backprop, difference) =>
      `${place}: 중심 차분 ${numerical}, 오차역전파법 ${backprop}, 차이 ${difference}`,
  },
  lesson,
  presentation: {
    name: "발표 모드",
    keys: "키보드: 1~5는 한 부분만, 0은 모두 보여 줍니다. P로 발표 모드를 시작하거나 끝냅니다.",
  },
};
