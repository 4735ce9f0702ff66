//! The network in candle, as its users write it: `candle_nn` layers, automatic differentiation and its SGD. The functions
//! are called from native.py. Errors of candle end the process with their message.

use std::slice;

use candle_core::{D, DType, Device, Tensor, Var};
use candle_nn::{Module, Optimizer, SGD, loss, ops};

const INPUTS: usize = 784;
const HIDDEN: usize = 50;
const CLASSES: usize = 10;

/// One type for a whole build: the feature `float64` selects it.
const DTYPE: DType = if cfg!(feature = "float64") { DType::F64 } else { DType::F32 };

pub struct Net {
    w1: Var,
    b1: Var,
    w2: Var,
    b2: Var,
    optimizer: SGD,
}

pub struct Images {
    x: Tensor,
    labels: Tensor,
}

impl Net {
    fn logits(&self, x: &Tensor) -> Tensor {
        // A Linear layer of candle has its weights as [outputs, inputs].
        let first = candle_nn::Linear::new(self.w1.as_tensor().clone(), Some(self.b1.as_tensor().clone()));
        let second = candle_nn::Linear::new(self.w2.as_tensor().clone(), Some(self.b2.as_tensor().clone()));
        let hidden = ops::sigmoid(&first.forward(x).unwrap()).unwrap();
        second.forward(&hidden).unwrap()
    }
}

/// # Safety
/// `parameters` has all parameters: w1, b1, w2 and b2, row by row.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn create(parameters: *const f64) -> *mut Net {
    let shapes = [(INPUTS, HIDDEN), (1, HIDDEN), (HIDDEN, CLASSES), (1, CLASSES)];
    let mut start = parameters;
    let vars = shapes.map(|(rows, cols)| {
        // SAFETY: see above.
        let values = unsafe { slice::from_raw_parts(start, rows * cols) };
        start = start.wrapping_add(rows * cols);
        let tensor = Tensor::from_slice(values, (rows, cols), &Device::Cpu).unwrap().to_dtype(DTYPE).unwrap();
        let tensor = if rows == 1 { tensor.squeeze(0) } else { tensor.t().unwrap().contiguous() };
        Var::from_tensor(&tensor.unwrap()).unwrap()
    });
    let optimizer = SGD::new(vars.to_vec(), 0.1).unwrap();
    let [w1, b1, w2, b2] = vars;
    Box::into_raw(Box::new(Net { w1, b1, w2, b2, optimizer }))
}

/// # Safety
/// `pixels` and `labels` are those of `count` images.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn load(pixels: *const u8, labels: *const u8, count: i64) -> *mut Images {
    let count = count as usize;
    // SAFETY: see above.
    let (pixels, labels) =
        unsafe { (slice::from_raw_parts(pixels, count * INPUTS), slice::from_raw_parts(labels, count)) };
    let values: Vec<f32> = pixels.iter().map(|&pixel| f32::from(pixel) / 255.0).collect();
    let labels: Vec<u32> = labels.iter().map(|&label| u32::from(label)).collect();
    let x = Tensor::from_vec(values, (count, INPUTS), &Device::Cpu).unwrap().to_dtype(DTYPE).unwrap();
    Box::into_raw(Box::new(Images { x, labels: Tensor::from_vec(labels, count, &Device::Cpu).unwrap() }))
}

/// # Safety
/// `images` comes from `load`, and `numbers` has `count` numbers of images.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gather(images: *const Images, numbers: *const i32, count: i64) -> *mut Images {
    // SAFETY: see above.
    let (images, numbers) = unsafe { (&*images, slice::from_raw_parts(numbers, count as usize)) };
    let rows: Vec<u32> = numbers.iter().map(|&number| number as u32).collect();
    let rows = Tensor::new(rows, &Device::Cpu).unwrap();
    let batch =
        Images { x: images.x.index_select(&rows, 0).unwrap(), labels: images.labels.index_select(&rows, 0).unwrap() };
    Box::into_raw(Box::new(batch))
}

/// # Safety
/// `batch` comes from `gather` and is not used again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drop(batch: *mut Images) {
    // SAFETY: see above.
    std::mem::drop(unsafe { Box::from_raw(batch) });
}

/// # Safety
/// Both come from this library.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn step(net: *mut Net, batch: *const Images) {
    // SAFETY: see above.
    let (net, batch) = unsafe { (&mut *net, &*batch) };
    let error = loss::cross_entropy(&net.logits(&batch.x), &batch.labels).unwrap();
    net.optimizer.backward_step(&error).unwrap();
}

/// # Safety
/// Both come from this library.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn accuracy(net: *const Net, images: *const Images) -> f64 {
    // SAFETY: see above.
    let (net, images) = unsafe { (&*net, &*images) };
    let classes = net.logits(&images.x).argmax(D::Minus1).unwrap();
    let equal = classes.eq(&images.labels).unwrap().to_dtype(DType::F64).unwrap();
    equal.mean_all().unwrap().to_scalar().unwrap()
}

/// # Safety
/// `net` and `batch` come from this library, and `out` has room for a row of ten numbers for each sample.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn probabilities(net: *const Net, batch: *const Images, out: *mut f64) {
    // SAFETY: see above.
    let (net, batch) = unsafe { (&*net, &*batch) };
    let probs = ops::softmax(&net.logits(&batch.x), D::Minus1).unwrap().to_dtype(DType::F64).unwrap();
    let values: Vec<f64> = probs.flatten_all().unwrap().to_vec1().unwrap();
    // SAFETY: see above.
    unsafe { slice::from_raw_parts_mut(out, values.len()) }.copy_from_slice(&values);
}

/// # Safety
/// Both come from this library.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn loss(net: *const Net, batch: *const Images) -> f64 {
    // SAFETY: see above.
    let (net, batch) = unsafe { (&*net, &*batch) };
    let error = loss::cross_entropy(&net.logits(&batch.x), &batch.labels).unwrap();
    error.to_dtype(DType::F64).unwrap().to_scalar().unwrap()
}

/// # Safety
/// `net` comes from `create`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn set_parameter(net: *mut Net, index: i64, value: f64) {
    // SAFETY: see above.
    let net = unsafe { &mut *net };
    let mut index = index as usize;
    for (var, inputs) in [(&net.w1, INPUTS), (&net.b1, 1), (&net.w2, HIDDEN), (&net.b2, 1)] {
        let size = var.elem_count();
        if index < size {
            let outputs = size / inputs;
            // A tensor of candle cannot be written to at one place; the whole tensor is set.
            let position = index % outputs * inputs + index / outputs;
            let mut values: Vec<f64> = var.to_dtype(DType::F64).unwrap().flatten_all().unwrap().to_vec1().unwrap();
            values[position] = value;
            let tensor = Tensor::from_vec(values, var.shape(), &Device::Cpu).unwrap().to_dtype(DTYPE).unwrap();
            return var.set(&tensor).unwrap();
        }
        index -= size;
    }
}
